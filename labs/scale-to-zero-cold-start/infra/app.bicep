// An app whose program takes more than half a second to listen, and that may have no replica when nobody asks.

param appName string
param environmentName string
param registryName string
param image string

@description('Names the revision.')
param revisionSuffix string

@description('How many replicas are kept when nobody asks.')
param minReplicas int

@description('Seconds without a request after which replicas go.')
param cooldownSeconds int

param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' existing = {
  name: environmentName
}

resource app 'Microsoft.App/containerApps@2025-01-01' = {
  name: appName
  location: location
  properties: {
    managedEnvironmentId: environment.id
    configuration: {
      ingress: {
        external: true
        targetPort: 8000
      }
      registries: [
        {
          server: registry.properties.loginServer
          username: registry.name
          passwordSecretRef: 'registry-password'
        }
      ]
      secrets: [
        {
          name: 'registry-password'
          value: registry.listCredentials().passwords[0].value
        }
      ]
    }
    template: {
      revisionSuffix: revisionSuffix
      containers: [
        {
          name: 'app'
          image: image
          resources: {
            cpu: json('0.25')
            memory: '0.5Gi'
          }
          env: [
            {
              name: 'LISTEN_AFTER_MS'
              value: '600'
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: 1
        cooldownPeriod: cooldownSeconds
      }
    }
  }
}

output revisionName string = app.properties.latestRevisionName
