type level = 'low' | 'high'

@export()
type settings = {
  level: level
  retries: int
}

var base = 8000

@export()
var port = base + 80

@export()
@description('Starts every name.')
var prefix = 'lz'

@export()
func label(name string, number int) string => '${name}:${number}'
