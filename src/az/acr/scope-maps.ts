import type { RegistryChild } from './registry-child.js';

export const SCOPE_MAPS: RegistryChild = {
  kind: 'scopeMaps',
  fields: {
    description: 'any',
    creationDate: 'time',
    provisioningState: 'any',
    actions: 'any',
  },
};
