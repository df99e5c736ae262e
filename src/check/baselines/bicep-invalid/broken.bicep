param image string
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'app'
  location: nowhere
  properties: {}
}
