param who string = 'wor\'ld'

var plain = 'a\tb\n\\ \u{1F600} \${x}'
var braces = '{${who}} {{literal}}'
var nested = 'outer ${'inner ${who}'} end'
var bracket = '[not an expression'
var bracketed = '[expression-like]'
var multi = '''
line 1
  ${not interpolated} 'quoted'
'''
var empty = ''''''
var interpolated = $'''
hello ${who}
'''
var key = {
  '${who}-key': 1
  'odd key': 2
}

output text string = '${plain}${braces}${nested}${bracket}${bracketed}${multi}${empty}${interpolated}${string(key)}'
