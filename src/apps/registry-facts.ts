import type { Platform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';

/** What a registry knows of an image that its protocol does not tell: where it came from, what lies beside it. */
export interface ImageFacts {
  /** The run of a task that pushed it, e.g. `'ca3'`. */
  builtBy?: string;
  /** Where it was imported from, as the request named it, e.g. `'acrteam.azurecr.io/app@sha256:…'`. */
  importedFrom?: string;
  /** The tag or digest of another manifest of the repository that has the platform. */
  elsewhere?: { name: string; kind: 'image' | 'index' };
}

/** Registries of this machine, asked for what helps to explain a pull that failed. */
export interface RegistryFacts {
  /** @param registry its name, e.g. `'acrlab'` */
  image(registry: string, reference: Reference, platform: Platform): Promise<ImageFacts>;
  /** Since when a password is no longer good, RFC 3339; undefined for one that never was, or still is. */
  expiredAt(registry: string, username: string, password: string): string | undefined;
}

/** What is found out after a pull has failed. */
export interface PullFacts {
  /** Tags of the image's repository; empty when they can't be had. */
  tags?: readonly string[];
  origin?: ImageFacts;
  /** Since when the app's password for the registry has been expired, RFC 3339. */
  passwordExpiredAt?: string;
}
