import { join } from 'node:path';
import { describeListTool } from './ecosystem-containers-tool.js';

describeListTool('podman', (directory) => ['--tmpdir', join(directory, 'tmp')]);
