import type { Symptoms } from './causes/symptoms.js';

/**
 * The phases in the order a lab runs them. `require` looks before anything is made, `control` runs what the
 * experiment is compared with, `prevent` finds the same fault before it is deployed.
 */
export const PHASES = [
  'require',
  'setup',
  'control',
  'trigger',
  'observe',
  'fix',
  'verify',
  'falsify',
  'reapply',
  'prevent',
  'cleanup',
] as const;
export type Phase = (typeof PHASES)[number];

/** Where a Lazurite refuses a bad image: its `--image-admission`. */
export const ADMISSIONS = ['documented', 'api', 'revision'] as const;
export type Admission = (typeof ADMISSIONS)[number];

/** A condition on what a step printed. Texts may hold `$NAME`, a variable of the run. */
export type Check =
  | { kind: 'contains'; text: string }
  /** Multi-line regular expression. */
  | { kind: 'matches'; pattern: string }
  /** The text is nowhere, leaving aside every occurrence of `except`. */
  | { kind: 'lacks'; text: string; except?: string }
  /** Some line is a JSON object with these fields; a value between slashes is a regular expression. */
  | { kind: 'row'; fields: Readonly<Record<string, string>> };

/** What must be seen for the hypothesis to stand. */
export interface Gate {
  id: string;
  /** For the report, e.g. `'the revision is not Healthy'`. */
  expect: string;
  check: Check;
  /** When it fails the run says nothing about the hypothesis: it is invalid, not falsified. */
  precondition: boolean;
  admission: readonly Admission[];
}

/** One command of a lab. */
export interface Step {
  id: string;
  title: string;
  phase: Phase;
  /** A shell command, run in the lab's folder. */
  run: string;
  /** Seconds. */
  timeout: number;
  /** Whether an exit code other than 0 is the step's own business. */
  anyExit: boolean;
  /** Variable that takes the trimmed output. */
  capture?: string;
  /** Runs the command again until all its gates pass; seconds. */
  retry?: { within: number; every: number };
  gates: readonly Gate[];
  /** The settings under which it is part of the lab. */
  admission: readonly Admission[];
  /** Whether it asks Lazurite itself, which a cloud can't answer. */
  localOnly: boolean;
}

export interface LogRow {
  action: string;
  expected: string;
  gates: readonly string[];
  steps: readonly string[];
}

export interface EvidenceRow {
  step: string;
  expected: string;
  gates: readonly string[];
}

/** Ways to break a lab on purpose: make its trigger harmless, or its fix useless. */
export const MUTATIONS = ['trigger', 'fix'] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** How far a statement goes beyond what was seen. */
export const MEASUREMENT_TAGS = ['Observed', 'Correlated', 'Inferred'] as const;
export type MeasurementTag = (typeof MEASUREMENT_TAGS)[number];

/** A statement that stands when all its gates passed; they are its source. */
export interface Measurement {
  tag: MeasurementTag;
  statement: string;
  gates: readonly string[];
}

export interface LabMetadata {
  difficulty: string;
  duration: string;
  tier: string;
  category: string;
  failureMode: string;
  skills: readonly string[];
}

/** A lab: an experiment that can fail. */
export interface Lab {
  name: string;
  title: string;
  /** The folder that holds `lab.yaml`, absolute. */
  folder: string;
  metadata: LabMetadata;
  question: string;
  hypothesis: { if: string; then: string };
  prediction: string;
  variables: readonly { name: string; control: string; experimental: string }[];
  environment: Readonly<Record<string, string>>;
  /** Variable → the variable that names the app whose address it takes. */
  appUrls: Readonly<Record<string, string>>;
  /** Variables that replace those of the environment; a sound lab is falsified then. */
  mutations: Readonly<Partial<Record<Mutation, Readonly<Record<string, string>>>>>;
  /** The image admissions under which it shows anything. */
  admission: readonly Admission[];
  steps: readonly Step[];
  /** The gates that together tell this failure from that of every other lab. */
  signature: readonly string[];
  log: readonly LogRow[];
  evidence: readonly EvidenceRow[];
  measurements: readonly Measurement[];
  /** What the observations mean; told only of a run that supports the hypothesis. */
  analysis: string;
  conclusion: string;
  solution: string;
  prevention: string;
  takeaway: string;
  supportTakeaway: string;
  /** How its failure looks to someone who meets it; `lazurite doctor --from` looks for it. */
  symptoms?: Symptoms;
  seeAlso: readonly string[];
}
