import { describeListTool } from './ecosystem-containers-tool.js';

describeListTool('buildah', () => []);
