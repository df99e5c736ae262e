using 'main.bicep'

import * as foo from 'foo.bicep'
import { bar } from 'foo.bicep'
