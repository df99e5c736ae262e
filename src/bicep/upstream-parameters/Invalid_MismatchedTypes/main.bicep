param string sys.string

param bool sys.bool

param int sys.int

param object sys.object

param array sys.array

@allowed(['foo', 'bar'])
param stringAllowed sys.string
