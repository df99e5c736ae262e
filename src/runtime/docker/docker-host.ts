import type { Clock } from '../../base/clock.js';
import type { UnpackedImage } from '../runtime.js';
import type { Engine } from './engine.js';
import type { RelayRoute } from './relay-route.js';

/** What sandboxes share. */
export interface DockerHost {
  engine: Engine;
  /** Tells this home's containers from others' by their names. */
  key: string;
  /** Of every container: whose it is, and of which run. */
  labels: Readonly<Record<string, string>>;
  relayImage: UnpackedImage;
  route: RelayRoute;
  /** Whether relays may make a gateway for Lazurite. */
  hasGateway: boolean;
  limits: { cpu: boolean; memory: boolean };
  clock: Clock;
  closing: AbortSignal;
}
