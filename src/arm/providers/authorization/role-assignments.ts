import type { Clock } from '../../../base/clock.js';
import { systemClock } from '../../../base/clock.js';
import { textOf, type JsonObject } from '../../../base/json.js';
import type { MetadataStore } from '../../../storage/metadata-store.js';
import { ArmError, armErrors } from '../../errors.js';
import { KeyedLock } from '../../keyed-lock.js';
import type { RequestContext, Resource, ResourceProvider, WriteResult } from '../../provider.js';
import { propertiesOf, ResourceDocuments } from '../../resource-documents.js';
import { containerOf, nameOf, type ResourceId } from '../../resource-id.js';
import { findRole } from './role-catalogue.js';
import { roleDefinitionId, roleNotFound } from './role-definitions.js';

const TYPE = 'Microsoft.Authorization/roleAssignments';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PRINCIPAL_TYPES = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'];

export interface RoleAssignmentsOptions {
  metadata: MetadataStore;
  clock?: Clock;
}

/** Role assignments at any scope. */
export function createRoleAssignmentsProvider(options: RoleAssignmentsOptions): ResourceProvider {
  const assignments = new RoleAssignments(options.metadata, options.clock ?? systemClock);
  return {
    type: TYPE,
    apiVersions: ['2022-04-01', '2020-04-01-preview'],
    tracking: 'none',
    extension: true,
    get: (id) => assignments.documents.get(id),
    list: (scope, context) => assignments.list(scope, context.query?.get('$filter') ?? ''),
    put: (id, body, context) => assignments.put(id, body, context),
    preview: async (id, body) => {
      const before = await assignments.documents.get(id);
      if (before === undefined) return undefined;
      const properties = { ...before.properties, ...readAssignment(id, propertiesOf(body)) };
      return { before, after: { ...before, properties } };
    },
    delete: (id) => assignments.documents.delete(id),
  };
}

/** Asks which roles a principal has. */
export interface RoleChecker {
  /**
   * Names of the roles that reach a scope from there or above, e.g. `['AcrPull']`.
   *
   * @param scope id of a resource, e.g. that of a registry
   */
  rolesOf(principalId: string, scope: string): Promise<string[]>;
}

/**
 * @param options.propagationDelayMs an assignment has no effect before this time, as in Azure; 0 when absent
 */
export function createRoleChecker(
  options: RoleAssignmentsOptions & { propagationDelayMs?: number },
): RoleChecker {
  const clock = options.clock ?? systemClock;
  const documents = new ResourceDocuments(options.metadata, TYPE);
  return {
    async rolesOf(principalId, scope) {
      const latest = clock.now().getTime() - (options.propagationDelayMs ?? 0);
      const found = (await documents.list())
        .filter(({ properties }) => same(textOf(properties['principalId']), principalId))
        .filter(({ properties }) => isWithin(scope, textOf(properties['scope'])))
        .filter(({ properties }) => Date.parse(textOf(properties['createdOn'])) <= latest)
        .flatMap(({ properties }) => roleOf(textOf(properties['roleDefinitionId']))?.name ?? []);
      return [...new Set(found)];
    },
  };
}

class RoleAssignments {
  readonly documents: ResourceDocuments;
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();

  constructor(metadata: MetadataStore, clock: Clock) {
    this.documents = new ResourceDocuments(metadata, TYPE);
    this.#clock = clock;
  }

  /** At, above and below the scope; not below with `atScope()`, of one principal with `principalId eq` or `assignedTo()`. */
  async list(scope: ResourceId, filter: string): Promise<Resource[]> {
    const onlyAbove = /atScope\(\)/i.test(filter);
    const principal = /(?:principalId eq|assignedTo\() ?'([^']*)'/i.exec(filter)?.[1];
    return (await this.documents.list()).filter(({ properties }) => {
      const at = textOf(properties['scope']);
      const reaches = isWithin(scope.key, at) || (!onlyAbove && isWithin(at, scope.key));
      return (
        reaches && (principal === undefined || same(textOf(properties['principalId']), principal))
      );
    });
  }

  put(id: ResourceId, body: JsonObject, context: RequestContext): Promise<WriteResult> {
    return this.#lock.run('all', async () => {
      const assignment = readAssignment(id, propertiesOf(body));
      const existing = await this.documents.get(id);
      if (existing !== undefined) requireSame(existing, assignment);
      else await this.#requireNew(assignment);
      const now = this.#clock.now().toISOString();
      const resource: Resource = {
        id: existing?.id ?? id.text,
        name: nameOf(id),
        type: TYPE,
        properties: {
          ...assignment,
          createdOn: existing?.properties['createdOn'] ?? now,
          updatedOn: now,
          createdBy: existing?.properties['createdBy'] ?? context.principalId ?? context.caller,
          updatedBy: context.principalId ?? context.caller,
        },
      };
      await this.documents.put(resource);
      return { created: existing === undefined, resource };
    });
  }

  async #requireNew(assignment: JsonObject): Promise<void> {
    const twin = (await this.documents.list()).find(({ properties }) =>
      ['principalId', 'roleDefinitionId', 'scope'].every((field) =>
        same(textOf(properties[field]), textOf(assignment[field])),
      ),
    );
    if (twin === undefined) return;
    throw new ArmError({
      status: 409,
      code: 'RoleAssignmentExists',
      message: `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll('-', '')}.`,
    });
  }
}

function readAssignment(id: ResourceId, given: JsonObject): JsonObject {
  const name = nameOf(id);
  if (!GUID.test(name)) {
    throw refusal(
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const role = roleOf(textOf(given['roleDefinitionId']));
  if (role === undefined)
    throw roleNotFound(textOf(given['roleDefinitionId']).split('/').at(-1) ?? '');
  const principalId = textOf(given['principalId']);
  if (!GUID.test(principalId)) {
    throw refusal(
      'InvalidPrincipalId',
      `A valid principal ID must be provided for role assignment.`,
    );
  }
  const principalType = given['principalType'] ?? 'ServicePrincipal';
  if (!PRINCIPAL_TYPES.includes(textOf(principalType))) {
    throw armErrors.invalidContent(`'principalType' must be one of ${PRINCIPAL_TYPES.join(', ')}.`);
  }
  return {
    roleDefinitionId: roleDefinitionId(id.subscriptionId, role.id),
    principalId,
    principalType,
    scope: containerOf(id)?.text ?? '/',
    condition: given['condition'] ?? null,
    conditionVersion: given['conditionVersion'] ?? null,
    description: given['description'] ?? null,
    delegatedManagedIdentityResourceId: null,
  };
}

function requireSame(existing: Resource, assignment: JsonObject): void {
  for (const field of ['principalId', 'roleDefinitionId', 'scope']) {
    if (!same(textOf(existing.properties[field]), textOf(assignment[field]))) {
      throw new ArmError({
        status: 409,
        code: 'RoleAssignmentUpdateNotPermitted',
        message:
          'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      });
    }
  }
}

function roleOf(roleDefinition: string): ReturnType<typeof findRole> {
  return findRole(roleDefinition.split('/').at(-1) ?? '');
}

/** Whether a scope is the other one or lies in it. */
function isWithin(scope: string, outer: string): boolean {
  const [inside, around] = [scope.toLowerCase(), outer.toLowerCase()];
  return around === '/' || inside === around || inside.startsWith(`${around}/`);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function refusal(code: string, message: string): ArmError {
  return new ArmError({ status: 400, code, message });
}
