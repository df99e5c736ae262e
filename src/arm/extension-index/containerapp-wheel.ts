import { createHash } from 'node:crypto';
import { storedZip, type ZipEntry } from './stored-zip.js';

/** Below every release of the real extension, so that an installed one is never replaced. */
export const WHEEL_VERSION = '0.0.1';

const SUMMARY = 'Stands for the containerapp extension: the commands are those of the CLI itself.';
const DIST_INFO = `containerapp-${WHEEL_VERSION}.dist-info`;

/** What the CLI judges an extension by. */
export const EXTENSION_METADATA = {
  name: 'containerapp',
  version: WHEEL_VERSION,
  summary: SUMMARY,
  license: 'MIT',
  metadata_version: '2.0',
  'azext.minCliCoreVersion': '2.15.0',
} as const;

/** An extension that adds no command and hides none: the CLI has `az containerapp` built in. */
const SOURCE = `from azure.cli.core import AzCommandsLoader


class ContainerappCommandsLoader(AzCommandsLoader):
    def load_command_table(self, args):
        return self.command_table

    def load_arguments(self, command):
        pass


COMMAND_LOADER_CLS = ContainerappCommandsLoader
`;

export interface Wheel {
  filename: string;
  bytes: Buffer;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/** @see https://packaging.python.org/en/latest/specifications/binary-distribution-format/ */
export function containerappWheel(): Wheel {
  const entries: ZipEntry[] = [
    { path: 'azext_containerapp/__init__.py', content: SOURCE },
    {
      path: 'azext_containerapp/azext_metadata.json',
      content: JSON.stringify({ 'azext.minCliCoreVersion': '2.15.0' }),
    },
    {
      path: `${DIST_INFO}/METADATA`,
      content: `Metadata-Version: 2.1\nName: containerapp\nVersion: ${WHEEL_VERSION}\nSummary: ${SUMMARY}\n`,
    },
    {
      path: `${DIST_INFO}/WHEEL`,
      content:
        'Wheel-Version: 1.0\nGenerator: lazurite\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n',
    },
    { path: `${DIST_INFO}/top_level.txt`, content: 'azext_containerapp\n' },
    { path: `${DIST_INFO}/metadata.json`, content: JSON.stringify(EXTENSION_METADATA) },
  ];
  const bytes = storedZip([...entries, { path: `${DIST_INFO}/RECORD`, content: record(entries) }]);
  return {
    filename: `containerapp-${WHEEL_VERSION}-py2.py3-none-any.whl`,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function record(entries: readonly ZipEntry[]): string {
  const lines = entries.map(({ path, content }) => {
    const digest = createHash('sha256').update(content).digest('base64url');
    return `${path},sha256=${digest},${Buffer.byteLength(content)}`;
  });
  return [...lines, `${DIST_INFO}/RECORD,,`, ''].join('\n');
}
