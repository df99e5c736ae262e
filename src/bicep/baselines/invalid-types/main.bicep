param count int = 'three'
param list array = {}
param mode 'fast' | 'slow' = 'fats'
param later string = computed
param maybe string? = 'x'

var computed = 'a'
var now = utcNow()
var wrongArity = substring('a')
var sum = 'a' + 1
var negated = !computed
var lookup = {
  first: 1
}
var missing = lookup.frist
var none = lookup.zzzzzz
var twice = {
  a: 1
  a: 2
}
var latest = app.properties.latestRevisionName
var text = computed.length
var nested = [for x in [1]: map([x], y => [for z in [y]: z])]

resource app 'Microsoft.App/containerApps@2024-03-01' = if (other.properties.staticIp == 'x') {
  name: other.properties.defaultDomain
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

resource other 'Microsoft.App/managedEnvironments@2024-03-01' existing = {
  name: 'other'
  location: 'x'
}

resource child 'Microsoft.App/managedEnvironments/storages@2024-03-01' = {
  name: 'x'
}

resource same 'Microsoft.App/managedEnvironments@2024-03-01' = [for i in range(0, 2): {
  name: 'same'
  location: 'x'
}]

resource away 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: 'away'
  location: 'x'
  scope: resourceGroup('other')
}

module strict 'strict.bicep' = {
  name: 'strict'
  params: {
    extra: true
  }
}

output o int = 'text'
output p string = strict.outputs.gvien
#disable-next-line no-unused-vars
var silent = [computed, now, wrongArity, sum, negated, missing, none, twice, text, nested, count, list, mode, later, maybe]
