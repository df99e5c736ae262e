param outputThis array

output outputThis array = outputThis
