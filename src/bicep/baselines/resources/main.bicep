// Parameters with constraints, nested and parented resources, existing ones, conditions, extension resources.
@description('Names everything.')
@minLength(3)
@maxLength(10)
param name string = 'demo'

@allowed([
  'Basic'
  'Standard'
])
param sku string = 'Basic'

@secure()
param password string

@minValue(0)
@maxValue(10)
param replicas int = 1

param deployIdentity bool = true
param tags object = {}

var registryName = toLower('acr${name}${uniqueString(resourceGroup().id)}')
var loginServer = registry.properties.loginServer

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: registryName
  location: resourceGroup().location
  sku: {
    name: sku
  }
  tags: tags
  properties: {
    adminUserEnabled: true
  }

  resource webhook 'webhooks' = if (deployIdentity) {
    name: 'push'
    location: resourceGroup().location
  }
}

resource scopeMap 'Microsoft.ContainerRegistry/registries/scopeMaps@2023-07-01' = {
  parent: registry
  name: 'readers'
  properties: {
    actions: [
      'repositories/${name}/content/read'
    ]
  }
}

resource token 'Microsoft.ContainerRegistry/registries/tokens@2023-07-01' = {
  name: '${registryName}/reader'
  properties: {
    scopeMapId: scopeMap.id
  }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' existing = {
  name: 'shared'
  scope: resourceGroup('platform')
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = if (deployIdentity) {
  name: 'id-${name}'
  location: resourceGroup().location
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, identity.id, 'pull')
  scope: registry
  properties: {
    principalId: identity!.properties.principalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: resourceGroup().location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    managedEnvironmentId: environment.id
    configuration: {
      secrets: [
        {
          name: 'password'
          value: password
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'app'
          image: '${loginServer}/${name}:v1'
        }
      ]
      scale: {
        minReplicas: replicas
      }
    }
  }
  dependsOn: [
    pull
    token
  ]
}

output webhookName string = registry::webhook.name
output fqdn string = app.properties.configuration.ingress.fqdn
output key string = registry.listCredentials().passwords[0].value
output location string = registry.location
