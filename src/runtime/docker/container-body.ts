import type { Json, JsonObject } from '../../base/json.js';
import { GATEWAY_ADDRESS, GATEWAY_LINK } from '../gateway-link.js';
import type { ContainerSpec, SandboxSpec, UnpackedImage } from '../runtime.js';
import { imageReference } from './image-store.js';
import { RELAY_PORT } from './relay.js';
import type { RelayRoute } from './relay-route.js';

/** Output is read by attaching; the engine keeps no second copy of it. */
const NO_LOG = { Type: 'none' };
const NO_NEW_PRIVILEGES = ['no-new-privileges'];
const NOBODY = '65534:65534';
const ROOT = '0:0';
/** For another network namespace and a cable to it; then the relay becomes nobody by itself. */
const GATEWAY_CAPABILITIES = ['SYS_ADMIN', 'NET_ADMIN', 'NET_BIND_SERVICE', 'SETUID', 'SETGID'];
/** A name as it is: the search domains of the engine's machine are none of the replica's. */
const NAMES_FROM_GATEWAY = { Dns: [GATEWAY_ADDRESS], DnsSearch: ['.'] };
/** What a name in the domain name system can have. */
export const MAX_HOSTNAME = 63;

/**
 * The relay of a sandbox as `POST /containers/create` takes it.
 *
 * @see https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate
 */
export function relayBody(options: {
  image: UnpackedImage;
  token: string;
  spec: SandboxSpec;
  labels: Record<string, string>;
  route: RelayRoute;
  hasGateway: boolean;
}): JsonObject {
  const { image, token, spec, labels, route, hasGateway } = options;
  const port = `${RELAY_PORT}/tcp`;
  return {
    Image: imageReference(image.manifestDigest),
    Entrypoint: ['/relay', `${RELAY_PORT}`, token, ...(hasGateway ? [GATEWAY_LINK] : [])],
    Cmd: [],
    Hostname: spec.hostname.slice(0, MAX_HOSTNAME),
    User: hasGateway ? ROOT : NOBODY,
    Labels: labels,
    ExposedPorts: { [port]: {} },
    HostConfig: {
      PortBindings: { [port]: [{ HostIp: route.publishOn, HostPort: '' }] },
      ExtraHosts: (spec.hosts ?? []).map((name) => `${name}:127.0.0.1`),
      // As everywhere: a program that is not root may listen on port 80.
      Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' },
      LogConfig: NO_LOG,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      ...(hasGateway && { CapAdd: GATEWAY_CAPABILITIES, ...NAMES_FROM_GATEWAY }),
      SecurityOpt: NO_NEW_PRIVILEGES,
    },
  };
}

/** A container of a sandbox as `POST /containers/create` takes it. */
export function containerBody(options: {
  image: UnpackedImage;
  spec: ContainerSpec;
  labels: Record<string, string>;
  relayId: string;
  limits: { cpu: boolean; memory: boolean };
  /** Only where a container that joins a network may have one. */
  hostname: string | undefined;
}): JsonObject {
  const { image, spec, labels, relayId, limits, hostname } = options;
  const { cpu, memoryBytes } = spec.limits ?? {};
  return {
    Image: imageReference(image.manifestDigest),
    Entrypoint: spec.argv,
    Cmd: [],
    Env: spec.env,
    WorkingDir: spec.workingDir,
    User: spec.user,
    ...(hostname !== undefined && { Hostname: hostname }),
    Labels: labels,
    HostConfig: {
      NetworkMode: `container:${relayId}`,
      Mounts: (spec.mounts ?? []).map(bindMount),
      ...(limits.cpu && cpu !== undefined && { NanoCpus: Math.round(cpu * 1e9) }),
      // Swap would let a program live on beyond its limit.
      ...(limits.memory &&
        memoryBytes !== undefined && { Memory: memoryBytes, MemorySwap: memoryBytes }),
      LogConfig: NO_LOG,
      SecurityOpt: NO_NEW_PRIVILEGES,
    },
  };
}

function bindMount(mount: NonNullable<ContainerSpec['mounts']>[number]): Json {
  const { source, target, readOnly = false } = mount;
  return { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly };
}

/** See `killProcess`. */
export function killerBody(
  image: UnpackedImage,
  pid: number,
  labels: Record<string, string>,
): JsonObject {
  return {
    Image: imageReference(image.manifestDigest),
    Entrypoint: ['/relay', 'kill', `${pid}`],
    Cmd: [],
    Labels: labels,
    HostConfig: {
      PidMode: 'host',
      NetworkMode: 'none',
      LogConfig: NO_LOG,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: ['KILL'],
      SecurityOpt: NO_NEW_PRIVILEGES,
    },
  };
}
