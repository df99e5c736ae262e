using 'main.bicep'

var foo

var foo2 =

var foo3 = asdf

var foo4 = utcNow()
