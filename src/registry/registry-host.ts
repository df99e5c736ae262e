import type { IncomingMessage, ServerResponse } from 'node:http';

/** ACR's admin account: one name, two passwords, so that one can be renewed while the other is in use. */
export interface AdminUser {
  enabled: boolean;
  username: string;
  passwords: [string, string];
}

/** What a registry is told by whoever owns it: the resource manager, or `lazurite registry serve`. */
export interface RegistrySettings {
  /** e.g. `'acrlabacr'` */
  name: string;
  /** What clients type before the first slash, e.g. `'localhost:5001'`. */
  loginServer: string;
  admin: AdminUser;
  /** Whether pulling needs no credentials. */
  anonymousPull: boolean;
}

/** One registry: repositories of its own, over storage that all of them share. */
export interface HostedRegistry {
  readonly settings: RegistrySettings;
  /** Answers anything under the registry's host: `/v2/…`, `/acr/v1/…`, `/oauth2/…`. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** All registries of one Lazurite. */
export interface RegistryHost {
  /** Creates the registry, or gives an existing one new settings. Durable once it resolves. */
  configure(settings: RegistrySettings): Promise<HostedRegistry>;
  get(name: string): HostedRegistry | undefined;
  list(): HostedRegistry[];
  /** Removes the registry with everything in it. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}
