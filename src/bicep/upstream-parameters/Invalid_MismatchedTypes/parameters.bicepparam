using './main.bicep'

param string = 123

param bool = 'hello'

param int = false

param object = ['abc', 'def']

param array = {
  isThis: 'correct?'
}

param stringAllowed = 'notTheAllowedValue'
