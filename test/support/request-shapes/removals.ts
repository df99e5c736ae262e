import { LIST, type RequestShape, type ShapeTable } from './request-shape.js';
import { APP } from './container-apps.js';
import { ENVIRONMENT } from './environments.js';
import { REGISTRY } from './registries.js';

export const removals: ShapeTable = {
  plane: 'removals',
  shapes: [
    ...[
      { command: 'containerapp delete', path: APP, version: '2025-01-01' },
      { command: 'containerapp env delete', path: ENVIRONMENT, version: '2025-01-01' },
    ].map(({ command, path, version }): RequestShape => ({
      ...{ command, method: 'DELETE', path, versions: [version] },
      status: [200, 202],
      polls: 'location',
    })),
    {
      command: 'acr repository delete --name',
      method: 'DELETE',
      path: 'https://{loginServer}/acr/v1/app',
      as: 'deleteReadToken',
      status: 202,
      answer: { manifestsDeleted: LIST, tagsDeleted: LIST },
    },
    {
      command: 'acr delete',
      method: 'DELETE',
      path: REGISTRY,
      versions: ['2025-03-01-preview'],
      status: [200, 202],
      polls: 'location',
    },
    {
      command: 'acr delete, of one that is not there',
      method: 'DELETE',
      path: REGISTRY,
      versions: ['2025-03-01-preview'],
      status: 204,
    },
    {
      command: 'group delete',
      method: 'DELETE',
      path: '{sub}/resourcegroups/rg-shapes',
      versions: ['2024-11-01'],
      status: 202,
      polls: 'location',
    },
    {
      command: 'group exists, after',
      method: 'HEAD',
      path: '{sub}/resourcegroups/rg-shapes',
      versions: ['2024-11-01'],
      status: 404,
    },
  ],
};
