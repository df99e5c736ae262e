@description('One container.')
@export()
type container = {
  @minLength(1)
  name: string
  image: string
  cpu: '0.25' | '0.5' | '1.0'
  port: int?
  env: {
    *: string
  }
}

type ports = [
  int
  int
]

@discriminator('kind')
type trigger = httpTrigger | timerTrigger

type httpTrigger = {
  kind: 'http'
  concurrency: int
}

type timerTrigger = {
  kind: 'timer'
  cron: string
}

param app container
param range ports = [
  80
  443
]
param level 1 | 2 | 3 = 2
param names string[] = []
param port container.port?
param first ports[0] = 8080

@secure()
param key string?

var typed string = app.name

func greet(who string, times int) string => '${who} x ${times}'

output greeting string = greet(typed, 2)
output trigger trigger = {
  kind: 'http'
  concurrency: first
}
@secure()
output key string = key ?? 'none'
