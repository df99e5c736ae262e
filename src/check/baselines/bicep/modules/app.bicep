param name string = 'api'
param image string

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: resourceGroup().location
  properties: {
    template: {
      containers: [
        {
          name: name
          image: image
        }
      ]
    }
  }
}

output image string = image
output fqdn string = app.properties.configuration.ingress.fqdn
