import type { Shape } from './sdk-shape.js';

/** A resource provider, by itself and among those of a deployment. */
export const PROVIDER: Shape = {
  id: 'any',
  namespace: 'any',
  registrationState: 'any',
  registrationPolicy: 'any',
  resourceTypes: [
    {
      resourceType: 'any',
      locations: 'any',
      locationMappings: 'any',
      aliases: 'any',
      apiVersions: 'any',
      defaultApiVersion: 'any',
      zoneMappings: 'any',
      apiProfiles: 'any',
      capabilities: 'any',
      properties: 'any',
    },
  ],
  providerAuthorizationConsentState: 'any',
};
