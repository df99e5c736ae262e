export { createRunsProvider, registryRunActions } from './registry-runs.js';
