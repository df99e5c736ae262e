import { describeContainersTool } from './registry-containers-tool.js';

describeContainersTool('buildah', () => []);
