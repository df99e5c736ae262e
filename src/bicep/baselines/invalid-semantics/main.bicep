param name string
param name int
param count int = 'three'
param flag bool = nope
param later string = computed
param unused string
param when string = utcNow()

var computed = concta('a', 'b')
var loop1 = loop2
var loop2 = loop1
var now = utcNow()
var wrongArity = substring('a')
var sum = 'a' + 1
var negated = !name
var lookup = {
  first: 1
}
var missing = lookup.frist
var twice = {
  a: 1
  a: 2
}
var conditionOnRuntime = app.properties.latestRevisionName

@batchSize(0)
@nosuch()
resource app 'Microsoft.App/containerApps@2024-03-01' = if (conditionOnRuntime == 'x') {
  name: app.properties.latestRevisionName
  propertys: {}
  properties: {
    configuration: {
      activeRevisionsMode: 'Singel'
      ingress: {
        targetPort: '8000'
        fqdn: 'mine'
      }
    }
  }
}

resource wrongType 'not a type' = {
  name: 'x'
}

resource child 'Microsoft.App/managedEnvironments/storages@2024-03-01' = {
  name: 'x'
}

module gone 'missing.bicep' = {
  name: 'gone'
}

module strict 'strict.bicep' = {
  name: 'strict'
  params: {
    extra: true
  }
}

output o int = 'text'
output o string = strict.outputs.nothing
output viaIf string = if(true, 'a', 'b')
