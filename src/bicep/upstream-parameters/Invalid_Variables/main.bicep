param foo string

param fooObj object
