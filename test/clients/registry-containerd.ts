import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Daemon } from './registry-clients.js';
import { run, startDaemon } from './registry-command.js';

/** Says how to reach the registry; on its own ctr would speak HTTP to every registry on this machine. */
export function writeHosts(
  directory: string,
  server: { address: string; url: string; certificates: string | undefined },
): string {
  const folder = join(directory, 'hosts', server.address);
  mkdirSync(folder, { recursive: true });
  const lines = [`server = "${server.url}"`, `[host."${server.url}"]`];
  if (server.certificates !== undefined) lines.push(`  ca = "${server.certificates}/ca.crt"`);
  writeFileSync(join(folder, 'hosts.toml'), `${lines.join('\n')}\n`);
  return join(directory, 'hosts');
}

/** A containerd of our own: nothing of it outside `directory`. */
export function startContainerd(directory: string): Promise<Daemon> {
  return start(directory, ['disabled_plugins = ["io.containerd.grpc.v1.cri"]']);
}

/** The same with what a Kubernetes node needs; `hosts` is the folder that `writeHosts` returns. */
export function startNode(directory: string, hosts: string): Promise<Daemon> {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return start(directory, [
    `[${cri}.containerd]\nsnapshotter = "native"`,
    `[${cri}.registry]\nconfig_path = "${hosts}"`,
    `[${cri}.cni]\nconf_dir = "${directory}/cni"\nbin_dir = "${directory}/cni-bin"`,
  ]);
}

function start(directory: string, settings: readonly string[]): Promise<Daemon> {
  const address = join(directory, 'c.sock');
  const config = join(directory, 'containerd.toml');
  writeFileSync(config, `${['version = 2', ...settings].join('\n')}\n`);
  const folders = ['--root', join(directory, 'root'), '--state', join(directory, 'state')];
  return startDaemon('containerd', ['--config', config, '--address', address, ...folders], {
    log: join(directory, 'containerd.log'),
    address,
    isReady: () => run('ctr', ['--address', address, 'version']),
  });
}

/**
 * Pulls as kubelet does, by `PullImage` of the container runtime interface over gRPC
 * (https://github.com/kubernetes/cri-api/blob/v0.26.0/pkg/apis/runtime/v1/api.proto).
 * Rejects with what the runtime said.
 */
export async function pullAsKubelet(node: Daemon, reference: string): Promise<void> {
  const session = connectHttp2('http://localhost', {
    createConnection: () => connect(node.address),
  });
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/runtime.v1.ImageService/PullImage',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const status: Record<string, unknown> = {};
    // An answer without a body has its status in the headers.
    for (const part of ['response', 'trailers']) {
      stream.on(part, (headers: IncomingHttpHeaders) => void Object.assign(status, headers));
    }
    stream.resume();
    stream.end(grpcMessage(protoField(protoField(Buffer.from(reference)))));
    await once(stream, 'close');
    if (status['grpc-status'] === '0') return;
    const message = status['grpc-message'];
    throw new Error(typeof message === 'string' ? decodeURIComponent(message) : 'no gRPC status');
  } finally {
    session.close();
  }
}

/** Field 1 of a protobuf message, of bytes: an `ImageSpec` has the name there, and the request the spec. */
function protoField(bytes: Buffer): Buffer {
  if (bytes.length > 0x7f) throw new Error('a length of one byte is enough here');
  return Buffer.concat([Buffer.from([0x0a, bytes.length]), bytes]);
}

function grpcMessage(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
