targetScope

// #completionTest(12) -> empty
targetScope 

// #completionTest(13,14) -> targetScopes
targetScope = 


targetScope = 'asdfds'

targetScope = { }

targetScope = true