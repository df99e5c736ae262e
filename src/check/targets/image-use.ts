import type { Platform } from '../../oci/platform.js';
import type { Position } from '../source/position.js';

/** A name of an image as far as it is known before anything runs. */
export interface ImageName {
  /** Variables replaced, e.g. `'ghcr.io/a/b:v1'`; what could not be replaced stands as written. */
  text: string;
  /** The piece that is known only later, e.g. `'${{ github.sha }}'`; such an image can't be looked up. */
  unknown?: string;
}

/** Who pulls: each says in its own words what went wrong. */
export type Puller = 'container-apps' | 'kubernetes' | 'docker' | 'builder';

/** A platform that an image must have, and what says so. */
export interface PlatformNeed {
  platform: Platform;
  /** e.g. `'nodeSelector kubernetes.io/arch=arm64'`, `'--platform'` */
  because: string;
  /** Weight of preferred node affinity for such nodes; only in Kubernetes. */
  preference?: number;
}

/** One place that pulls an image. */
export interface ImageUse {
  image: ImageName;
  /** Absent for an image named on the command line. */
  position?: Position;
  /** e.g. `'Deployment web, container app'` */
  owner: string;
  puller: Puller;
  needs: PlatformNeed[];
  /** Whether it is only looked up: an artifact that is mounted, not run. */
  anyContent?: boolean;
}

/** One place that makes an image, which therefore need not exist yet. */
export interface ImageBuild {
  image: ImageName;
  position: Position;
  /** e.g. `'docker buildx build'` */
  tool: string;
  /** Absent when they are known only later. */
  platforms?: Platform[];
  /** Whether the result goes to a registry; undefined when that is not said. */
  pushed?: boolean;
  /** Whether the name lacks its registry, which only the pipeline's settings tell. */
  anyRegistry?: boolean;
}
