import { settings, port as listenPort, label } from 'shared.bicep'
import * as all from 'shared.bicep'

param config settings
param extra all.settings?

output text string = label('app', listenPort)
output prefix string = all.prefix
