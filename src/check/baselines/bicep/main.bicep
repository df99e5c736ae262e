param baseName string
param tag string = 'v1'
@allowed(['dev', 'prod'])
param stage string
param extra array = ['one', 'two']

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'acrshop'
  location: resourceGroup().location
  sku: { name: 'Basic' }
}

resource scoped 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'acr${uniqueString(resourceGroup().id)}'
  location: resourceGroup().location
  sku: { name: 'Basic' }
}

var sidecars = [
  {
    name: 'sidecar'
    image: '${registry.properties.loginServer}/sidecar:${tag}'
  }
]

resource web 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'web'
  location: resourceGroup().location
  properties: {
    workloadProfileName: 'Arm-D4'
    template: {
      initContainers: [
        { name: 'migrate', image: 'ghcr.io/shop/migrate:${tag}' }
      ]
      containers: [
        { name: 'app', image: '${registry.properties.loginServer}/web:${tag}' }
        { name: 'guess', image: '${scoped.properties.loginServer}/web:${tag}' }
        { name: 'named', image: 'ghcr.io/shop/${baseName}:v1' }
      ]
    }
  }
}

resource side 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'side'
  location: resourceGroup().location
  properties: {
    template: {
      containers: sidecars
    }
  }
}

resource workers 'Microsoft.App/jobs@2024-03-01' = [for name in extra: {
  name: 'job-${name}'
  location: resourceGroup().location
  properties: {
    template: {
      containers: [
        { name: name, image: 'ghcr.io/shop/${name}:${tag}' }
      ]
    }
  }
}]

resource never 'Microsoft.App/containerApps@2024-03-01' = if (tag == 'never') {
  name: 'never'
  location: resourceGroup().location
  properties: { template: { containers: [{ name: 'x', image: 'ghcr.io/shop/never:v1' }] } }
}

module api 'modules/app.bicep' = {
  name: 'api'
  params: { image: '${registry.properties.loginServer}/api:${tag}' }
}

module late 'modules/app.bicep' = {
  name: 'late'
  params: { image: api.outputs.image, name: 'late' }
}

module unknown 'modules/app.bicep' = {
  name: 'unknown'
  params: { image: api.outputs.fqdn, name: 'unknown' }
}
