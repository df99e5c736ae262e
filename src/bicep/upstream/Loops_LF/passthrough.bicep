param myInput string

output myOutput string = myInput