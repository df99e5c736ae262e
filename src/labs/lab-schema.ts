import { identifier, list, object, seconds, text, texts, variable, type Schema } from './schema.js';
import { SYMPTOMS_SCHEMA } from './causes/symptoms-schema.js';
import { ADMISSIONS, MEASUREMENT_TAGS } from './definition.js';

const ADMISSION = list(
  { type: 'string', enum: ADMISSIONS, description: 'A value of --image-admission.' },
  'The image admissions under which it is part of the lab; all unless told.',
);

const GATE: Schema = object(
  'What must be seen: exactly one of stdout and row.',
  {
    id: identifier('Name of the gate, unique in the lab.'),
    expect: text('What is expected, for the report.'),
    stdout: {
      type: 'object',
      description: 'A condition on the output.',
      properties: {
        contains: text('A text that must be there.'),
        matches: text('A regular expression; ^ and $ are line starts and ends.'),
        lacks: text('A text that must not be there.'),
        except: text('With lacks: longer words in which the text does not count.'),
      },
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 2,
    },
    row: {
      type: 'object',
      description:
        'Fields of a JSON object that must be on a line of its own, e.g. a row of the system log. A value between slashes is a regular expression.',
      additionalProperties: text('The value.'),
      minProperties: 1,
    },
    precondition: {
      type: 'boolean',
      description:
        'Whether the run is invalid, rather than the hypothesis falsified, when it fails.',
    },
    admission: ADMISSION,
  },
  ['id', 'expect'],
);

const STEP: Schema = object(
  'One command.',
  {
    id: identifier('Name of the step, unique in the lab.'),
    title: text('What it does, for people.'),
    run: text("A shell command, run in the lab's folder."),
    timeout: seconds('Seconds it may take; 60 unless told.'),
    exit: {
      type: 'string',
      enum: ['zero', 'any'],
      description: 'Which exit codes are accepted; zero unless told.',
    },
    capture: variable('Environment variable that takes the output.'),
    retry: object(
      'Run it again until its gates pass.',
      { within: seconds('For so many seconds.'), every: seconds('Pause between two runs.') },
      ['within', 'every'],
    ),
    gates: list(GATE, 'What must be seen.'),
    admission: ADMISSION,
    localOnly: {
      type: 'boolean',
      description: 'Whether it asks Lazurite itself: it is left out where the lab runs on Azure.',
    },
  },
  ['id', 'title', 'run'],
);

const STEPS = list(STEP, 'Commands, in order.');
const GATE_NAMES = list(identifier('A gate.'), 'Gates that decide the row.');

export const LAB_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Lazurite lab',
  ...object(
    'An experiment on container apps: hypothesis, trigger, evidence, fix and falsification.',
    {
      name: identifier("The lab's name; its folder has the same."),
      title: text('The title.'),
      metadata: object(
        'About the lab.',
        {
          difficulty: {
            type: 'string',
            enum: ['beginner', 'intermediate', 'advanced'],
            description: 'How much must be known before.',
          },
          duration: text('How long it takes.'),
          tier: text('The Container Apps plan it is about.'),
          category: text('What it is about, e.g. registry.'),
          failureMode: text('The failure it shows.'),
          skills: list(text('A skill.'), 'What is practised.'),
        },
        ['difficulty', 'duration', 'tier', 'category', 'failureMode', 'skills'],
      ),
      question: text('What the experiment asks.'),
      hypothesis: object(
        'What it claims.',
        { if: text('The condition.'), then: text('What follows.') },
        ['if', 'then'],
      ),
      prediction: text('What will be seen; drawn from the hypothesis unless told.'),
      variables: list(
        object(
          'What differs.',
          {
            name: text('The variable.'),
            control: text('Its value when all is well.'),
            experimental: text('Its value in the experiment.'),
          },
          ['name', 'control', 'experimental'],
        ),
        'What is varied.',
      ),
      environment: texts('Environment variables of the commands.'),
      appUrls: {
        type: 'object',
        description:
          "Variables that take an app's address on a local Lazurite: variable → the variable with the app's name.",
        additionalProperties: variable("The variable with the app's name."),
      },
      admission: { ...ADMISSION, description: 'The image admissions it is for; all unless told.' },
      mutations: object(
        'Variables that break the experiment; a sound lab is falsified then.',
        {
          trigger: texts('They make the trigger harmless.'),
          fix: texts('They make the fix useless.'),
        },
        [],
      ),
      require: list(
        STEP,
        'What must hold before anything is made; if it does not, nothing is cleaned up.',
      ),
      setup: { ...STEPS, minItems: 1 },
      control: list(STEP, 'What the experiment is compared with: it must be healthy.'),
      trigger: { ...STEPS, minItems: 1 },
      observe: STEPS,
      fix: { ...STEPS, minItems: 1 },
      verify: { ...STEPS, minItems: 1 },
      falsify: { ...STEPS, minItems: 1 },
      reapply: { ...STEPS, minItems: 1 },
      prevent: list(STEP, 'Finds the same fault before it is deployed.'),
      cleanup: { ...STEPS, minItems: 1 },
      signature: list(
        identifier('A gate of the phases trigger and observe.'),
        'The gates that together tell this failure from that of every other lab.',
      ),
      report: object(
        'The tables of the report; drawn from the steps unless told.',
        {
          log: list(
            object(
              'A row of the experiment log.',
              {
                action: text('What was done.'),
                expected: text('What should follow.'),
                gates: GATE_NAMES,
                steps: list(identifier('A step.'), 'Steps that must succeed.'),
              },
              ['action', 'expected'],
            ),
            'The experiment log.',
          ),
          evidence: list(
            object(
              'A row of the evidence table.',
              {
                step: identifier('The step whose command is the source.'),
                expected: text('What it should show.'),
                gates: GATE_NAMES,
              },
              ['step', 'expected', 'gates'],
            ),
            'The expected evidence.',
          ),
        },
        ['log', 'evidence'],
      ),
      measurements: list(
        object(
          'A statement of the report.',
          {
            tag: {
              type: 'string',
              enum: MEASUREMENT_TAGS,
              description: 'Seen, seen together, or concluded.',
            },
            statement: text('The statement.'),
            gates: { ...GATE_NAMES, minItems: 1 },
          },
          ['tag', 'statement', 'gates'],
        ),
        'What the run shows.',
      ),
      analysis: text('What the observations mean.'),
      conclusion: text('What follows when the hypothesis is supported.'),
      solution: text('How to repair it.'),
      prevention: text('How to keep it from happening.'),
      takeaway: text('What to remember.'),
      supportTakeaway: text('What to remember when handing the case to someone else.'),
      symptoms: SYMPTOMS_SCHEMA,
      seeAlso: list(text('A document or an address.'), 'Where to read on.'),
    },
    [
      'name',
      'title',
      'metadata',
      'question',
      'hypothesis',
      'setup',
      'trigger',
      'fix',
      'verify',
      'falsify',
      'reapply',
      'cleanup',
      'takeaway',
    ],
  ),
};
