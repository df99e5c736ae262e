@export()
type FooType = {
  stringProp: string
  intProp: int
}
