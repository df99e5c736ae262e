export { createEmbeddedBuilder, type EmbeddedBuilderOptions } from './embedded-builder.js';
