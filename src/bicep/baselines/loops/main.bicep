param names array = [
  'a'
  'b'
]
param count int = 3

var squares = [for i in range(0, count): i * i]
var pairs = [for (name, i) in names: {
  name: name
  index: i
}]

@batchSize(2)
resource registries 'Microsoft.ContainerRegistry/registries@2023-07-01' = [for (name, i) in names: if (i < 5) {
  name: 'acr${name}${i}'
  location: resourceGroup().location
  sku: {
    name: 'Basic'
  }
  properties: {
    policies: {
      list: [for step in range(0, 2): {
        name: '${name}-${step}'
      }]
    }
  }
}]

resource identities 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = [for i in range(0, 2): {
  name: 'id${i}'
  location: registries[i].location
}]

resource last 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'last'
  location: resourceGroup().location
  tags: {
    first: registries[0].properties.loginServer
  }
  dependsOn: [
    identities
  ]
}

output servers array = [for i in range(0, 2): registries[i].properties.loginServer]
output ids array = [for (pair, i) in pairs: '${pair.name}${squares[i]}']
