using '../bicep/main.bicep'
param baseName = 'shop'
param stage = 'prod'
param tag = readEnvironmentVariable('TAG')
