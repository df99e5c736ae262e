/**
 * What an image was built for.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
 */
export interface Platform {
  /** Go's GOOS, e.g. `'linux'`. */
  os: string;
  /** Go's GOARCH, e.g. `'amd64'`. */
  architecture: string;
  /** e.g. `'v7'` for 32-bit arm. */
  variant?: string;
  /** e.g. `'10.0.20348.2227'` for Windows. */
  'os.version'?: string;
  'os.features'?: string[];
}
