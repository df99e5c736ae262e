targetScope = 'subscription'

param location string = 'westeurope'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-demo'
  location: location
}

module inside 'inside.bicep' = {
  name: 'inside'
  scope: group
  params: {
    location: location
  }
}

module other 'inside.bicep' = {
  name: 'other'
  scope: resourceGroup('11111111-1111-1111-1111-111111111111', 'rg-other')
  params: {
    location: location
  }
}

output id string = group.id
output identity string = inside.outputs.id
