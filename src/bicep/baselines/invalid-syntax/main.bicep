param
param a
param b string 'x'
param c string = = 1
var d
var f = {
  a: 1,,
  b 2
  c: 'unterminated
}
var g = "double"
var h = 'x${1 +}y'
resource r 'Microsoft.App/containerApps@2024-03-01'
resource s = {
}
output o string
nonsense here
@description('lonely')

var i = 1 2
var j = (1, 2)
var k = [for x of y: x]
var l = 'bad \q escape'
var m = 99999999999999999999
var n = a[]
func p(x) => 1
type q = {
  x string
}
var t = true ?
var u = concat(1,
  2
  3)
var v = [1,
  2]
var w = x.
resource z 'A.B/c@2020-01-01' = if (
module aa = {}
import { b } from
@
param ab
var ac = '${{}}'
var e = [1, 2
/* open comment
