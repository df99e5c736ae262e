param location string = resourceGroup().location
@secure()
param secret string

module registry 'registry.bicep' = {
  name: 'registry'
  params: {
    name: 'acrdemo'
    location: location
    tags: {
      purpose: 'test'
    }
  }
}

module many 'registry.bicep' = [for i in range(0, 2): {
  name: 'many-${i}'
  params: {
    name: 'acr${i}'
    location: location
  }
}]

module elsewhere 'registry.bicep' = if (!empty(secret)) {
  name: 'elsewhere'
  scope: resourceGroup('other')
  params: {
    name: registry.outputs.name
    location: location
  }
}

output server string = registry.outputs.loginServer
output second string = many[1].outputs.loginServer
output maybe string? = elsewhere.?outputs.loginServer
