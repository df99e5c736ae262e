param items array = [3, 1, 2]
param maybe object = {}

var doubled = map(items, x => x * 2)
var large = filter(doubled, (x, i) => x > 2 && i >= 0)
var sorted = sort(large, (a, b) => a < b)
var total = reduce(sorted, 0, (sum, x) => sum + x)
var byName = toObject(sorted, x => 'n${x}', x => {
  value: x
})
var merged = {
  ...byName
  extra: true
}
var spread = [
  0
  ...items
  ...[
    9
  ]
]
var safe = maybe.?a.b[?0].?c ?? 'none'
var fromEnd = spread[^1]
var chosen = total > 3 ? 'big' : empty(items) ? 'none' : 'small'
var logic = !(total == 3 || total != 4) && 'A' =~ 'a' && 'a' !~ 'B'
var numbers = -total + 7 % 3 - 2 * (4 / 2)
var huge = 12345678901
var access = maybe['weird-key']

output result object = {
  merged: merged
  spread: spread
  safe: safe
  fromEnd: fromEnd
  chosen: chosen
  logic: logic
  numbers: numbers
  huge: huge
  access: access
  name: nameof(total)
  any: any('x')
  when: az.resourceGroup().location
}
