import { CATALOGUE } from '../findings/catalogue.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;

const position = {
  type: 'object',
  additionalProperties: false,
  required: ['file', 'line', 'column'],
  properties: {
    file: text,
    line: { type: 'integer', minimum: 1 },
    column: { type: 'integer', minimum: 1 },
  },
} as const;

const platform = {
  type: 'object',
  description: 'What a machine of one platform gets.',
  additionalProperties: false,
  required: ['platform', 'because'],
  properties: {
    platform: { ...text, description: 'e.g. linux/arm64' },
    because: { ...text, description: 'What says that it is needed.' },
    preference: { type: 'integer', description: 'Weight of preferred node affinity.' },
    digest: { ...text, description: 'Of the manifest that is pulled; absent when there is none.' },
    declared: { ...text, description: 'The platform of that manifest, when it is another one.' },
    verified: {
      type: 'boolean',
      description: 'With --deep: whether its content was read to the end and is sound.',
    },
  },
} as const;

const use = {
  type: 'object',
  additionalProperties: false,
  required: ['owner', 'platforms'],
  properties: { owner: text, position, platforms: { type: 'array', items: platform } },
} as const;

const image = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'reference', 'outcome', 'platforms', 'uses'],
  properties: {
    name: { ...text, description: 'As the targets name it.' },
    reference: { ...text, description: 'In full, e.g. docker.io/library/alpine:3.20.' },
    outcome: { type: 'string', enum: ['found', 'refused'] },
    refusal: { ...text, description: 'Why it could not be had, in the registry’s words.' },
    digest: text,
    mediaType: text,
    kind: { type: 'string', enum: ['index', 'image', 'other'] },
    platforms: { type: 'array', items: text, description: 'Everything that it has.' },
    uses: { type: 'array', items: use },
  },
} as const;

const finding = {
  type: 'object',
  additionalProperties: false,
  required: ['code', 'severity', 'message', 'evidence', 'positions'],
  properties: {
    code: { type: 'string', enum: Object.keys(CATALOGUE) },
    severity: { type: 'string', enum: ['error', 'warning', 'note'] },
    message: text,
    evidence: { type: 'array', items: text },
    fix: { ...text, description: 'The command or the change that helps.' },
    image: text,
    positions: { type: 'array', items: position },
    allowed: { ...text, description: 'The reason of the configuration’s entry that allows it.' },
  },
} as const;

/** JSON Schema of `--format json`; `docs/reference/check-report.schema.json` is written from it. */
export const REPORT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Report of lazurite check',
  type: 'object',
  additionalProperties: false,
  required: ['version', 'summary', 'targets', 'images', 'notChecked', 'findings'],
  properties: {
    version: { type: 'integer', enum: [1] },
    summary: {
      type: 'object',
      additionalProperties: false,
      required: ['errors', 'warnings', 'notes', 'allowed', 'images', 'notChecked'],
      properties: {
        errors: count,
        warnings: count,
        notes: count,
        allowed: {
          ...count,
          description: 'Findings that the configuration allows; in no other count.',
        },
        images: count,
        notChecked: count,
      },
    },
    targets: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'kinds', 'files'],
        properties: { name: text, kinds: { type: 'array', items: text }, files: count },
      },
    },
    images: { type: 'array', items: image },
    notChecked: {
      type: 'array',
      items: text,
      description: 'Names of images that are known only later.',
    },
    findings: { type: 'array', items: finding },
  },
} as const;
