/** Any registry but those of this machine is reached at the gateway as `ghcr.io.mirror.localhost`. */
export const MIRROR_DOMAIN = '.mirror.localhost';
