import { CATALOGUE } from '../findings/catalogue.js';

const code = {
  type: 'string',
  enum: Object.keys(CATALOGUE),
  description: 'Code of a finding; see check-findings.md.',
};

/** JSON Schema of `lazurite-check.yaml`; `docs/reference/lazurite-check.schema.json` is written from it. */
export const CONFIG_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Configuration of lazurite check',
  type: 'object',
  additionalProperties: false,
  properties: {
    allow: {
      type: 'array',
      description:
        'Findings that are known and accepted. An entry that allows nothing is reported.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['code', 'reason'],
        properties: {
          code: { anyOf: [code, { type: 'array', minItems: 1, items: code }] },
          image: {
            type: 'string',
            description:
              'Glob over the name of the image as the target has it, e.g. ghcr.io/shop/*.',
          },
          path: { type: 'string', description: 'Glob over the file, e.g. deploy/**.' },
          reason: { type: 'string', minLength: 1, description: 'Why it is accepted.' },
          expires: {
            type: 'string',
            format: 'date',
            description: 'The last day on which the entry counts.',
          },
        },
      },
    },
  },
} as const;
