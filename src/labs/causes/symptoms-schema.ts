import { list, object, text, type Schema } from '../schema.js';

const CLUE: Schema = object(
  'Something that may be in what a person pasted: exactly one of text and row. Named groups, e.g. (?<TAG>\\S+), fill $TAG in cause, fix and confirm.',
  {
    shows: text('What it shows.'),
    text: text('A regular expression on a message, with the code of its error before it.'),
    row: {
      type: 'object',
      description:
        'Fields of a row of the system log: Reason, Msg, Type. A value between slashes is a regular expression.',
      additionalProperties: text('The value.'),
      minProperties: 1,
    },
    weight: {
      type: 'number',
      exclusiveMinimum: 0,
      description:
        '1 goes with the cause, 3 points to it, 5 tells it from every other; 1 unless told, 3 under against.',
    },
  },
  ['shows'],
);

/** Of a lab's `symptoms`, and of the entries of `labs/common/causes.yaml`. */
export const SYMPTOMS_SCHEMA: Schema = object(
  'How the failure looks to someone who meets it; lazurite doctor --from looks for it. $APP, $REVISION, $IMAGE, $LOGIN_SERVER, $REGISTRY, $REPOSITORY and $TAG are filled where the text tells them.',
  {
    cause: text('The cause, without a full stop.'),
    fix: text('What repairs it.'),
    confirm: text('A command whose answer decides.'),
    for: { ...list(CLUE, 'Clues to it; one of at least 3 is needed.'), minItems: 1 },
    against: list(CLUE, 'Clues that speak against it.'),
  },
  ['cause', 'fix', 'for'],
);
