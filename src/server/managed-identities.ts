import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { listAssignedIdentities } from '../arm/providers/identities/assigned-identity.js';
import type { Workload } from '../apps/documents.js';
import type { ReplicaSpec } from '../apps/replica/replica.js';
import type { AppService } from '../apps/service.js';
import { isJsonObject, textOf } from '../base/json.js';
import type { Logger } from '../base/logger.js';
import {
  answerIdentityRequest,
  type IdentityAsker,
  type ManagedIdentityOptions,
} from '../identity/managed-identity-endpoint.js';
import type { TokenAuthority } from '../identity/token-authority.js';
import type { MetadataStore } from '../storage/metadata-store.js';
import type { ReplicaService } from './replica-gateway.js';

/** Where Container Apps answers on a replica's loopback. */
const PORT = 42_356;

export interface ManagedIdentitiesOptions {
  metadata: MetadataStore;
  tokens: TokenAuthority;
  tenantId: string;
  /** Asked for at each request: the apps are made later. */
  apps: () => AppService;
  /** Whether each replica has a network of its own; all share one port of this machine otherwise. */
  ownNetwork: boolean;
  logger: Logger;
}

/**
 * Tokens for the programs of apps that have identities. In a network of its own each replica asks on its own loopback;
 * on this machine's network all ask on one port, and the header tells which app does.
 */
export class ManagedIdentities {
  /** On the loopback as Container Apps has it, and as the metadata service of a virtual machine. */
  readonly services: readonly ReplicaService[];
  readonly #options: ManagedIdentitiesOptions;
  readonly #endpoint: ManagedIdentityOptions;
  /** Headers last as long as the process, as replicas do. */
  readonly #secret = randomBytes(32);
  readonly #servers = new Set<HttpServer>();
  #sharedPort = PORT;

  private constructor(options: ManagedIdentitiesOptions) {
    this.#options = options;
    this.#endpoint = options;
    const serve: ReplicaService['serve'] = (server, replica) => {
      this.#serve(server, replica);
    };
    this.services = [
      { at: 'inside', port: PORT, serve },
      { at: 'metadata', port: 80, serve },
    ];
  }

  static async open(options: ManagedIdentitiesOptions): Promise<ManagedIdentities> {
    const identities = new ManagedIdentities(options);
    if (!options.ownNetwork) await identities.#listen();
    return identities;
  }

  #serve(server: Server, replica: ReplicaSpec): void {
    const asker = this.#askerFor(replica.appKey, true);
    const http = this.#httpServer(() => asker);
    server.on('connection', (socket) => http.emit('connection', socket));
    server.once('close', () => {
      http.closeAllConnections();
      this.#servers.delete(http);
    });
  }

  /** What Azure sets for a program whose app has an identity. */
  variablesOf(workload: Workload): ReadonlyMap<string, string> {
    if (!hasIdentity(workload)) return new Map();
    return new Map([
      ['IDENTITY_ENDPOINT', `http://localhost:${this.#sharedPort}/msi/token`],
      ['IDENTITY_HEADER', this.#headerOf(workload.key)],
    ]);
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  async #listen(): Promise<void> {
    const server = this.#httpServer((header) => this.#askerWith(header));
    await new Promise<void>((listening, failed) => {
      server.once('error', failed);
      server.listen(0, '127.0.0.1', listening);
    });
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#sharedPort = address.port;
  }

  #httpServer(find: (header: string | undefined) => IdentityAsker | undefined): HttpServer {
    const server = createServer((request, response) => {
      void answerIdentityRequest(this.#endpoint, find, request, response);
    });
    this.#servers.add(server);
    return server;
  }

  #askerWith(header: string | undefined): IdentityAsker | undefined {
    const service = this.#options.apps();
    const all: Workload[] = [...service.apps(), ...service.jobs.jobs()];
    const asker = all.find(({ key }) => this.#headerOf(key) === header);
    return asker && this.#askerFor(asker.key, false);
  }

  #askerFor(key: string, alone: boolean): IdentityAsker {
    const { apps, metadata } = this.#options;
    return {
      alone,
      header: this.#headerOf(key),
      async holder() {
        const workload = apps().workload(key);
        if (workload === undefined) return undefined;
        const resourceId = idOf(workload);
        const assigned = workload.resource['identity'];
        const identities = await listAssignedIdentities(metadata, assigned, resourceId);
        return { resourceId, identities };
      },
    };
  }

  /** Looks like Azure's, a GUID. */
  #headerOf(key: string): string {
    const hex = createHmac('sha256', this.#secret).update(key).digest('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  }
}

function hasIdentity({ resource: { identity } }: Workload): boolean {
  return isJsonObject(identity) && /assigned/i.test(textOf(identity['type']));
}

/** Keys are ids in lower case; tokens show the type as Azure writes it. */
function idOf({ key }: Workload): string {
  return key
    .replace('/resourcegroups/', '/resourceGroups/')
    .replace('/microsoft.app/containerapps/', '/Microsoft.App/containerApps/')
    .replace('/microsoft.app/jobs/', '/Microsoft.App/jobs/');
}
