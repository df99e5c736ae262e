import { describeContainersTool } from './registry-containers-tool.js';

describeContainersTool('podman', (directory) => ['--tmpdir', directory]);
