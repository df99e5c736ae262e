var singleLineFunctionNoCommas = concat('abc' 'def')

var multiLineFunctionTrailingComma = concat(
  'abc',
  'def',
)

var singleLineArrayNoCommas = ['abc' 'def']

var multiLineArrayMultipleCommas = [
  'abc',,
  'def',,,
]


var singleLineObjectNoCommas = { abc: 'def' ghi: 'jkl'}
var multiLineObjectMultipleCommas = {
  abc: 'def',,,
  ghi: 'jkl',,
}
