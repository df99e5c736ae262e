import type { DiagnosticCode } from '../diagnostics/catalogue.js';
import type { Statement } from '../syntax/nodes.js';
import type { Primitive } from '../types/declared-types.js';

/** What a decorator may stand on: a declaration, or a property of an object type. */
export type DecoratorPlace = Statement['kind'] | 'property';

export interface DecoratorRule {
  readonly places: readonly DecoratorPlace[];
  /** What is said when no declaration follows. */
  readonly dangling: DiagnosticCode;
  readonly min: number;
  readonly max: number;
  /** What the type of what it stands on must be, as messages say it. */
  readonly target?: { readonly types: readonly Primitive[]; readonly name: string };
  readonly argument?: Primitive;
  /** Not on what is declared to be a type that has a name, nor on a list of values. */
  readonly ownTypeOnly?: boolean;
}

const TYPED: readonly DecoratorPlace[] = ['param', 'output', 'type', 'property'];
const ANY: readonly DecoratorPlace[] = [
  ...TYPED,
  ...(['var', 'func', 'metadata', 'resource', 'module'] as const),
];

function typed(more: Partial<DecoratorRule> = {}): DecoratorRule {
  return { places: TYPED, dangling: 'BCP292', min: 1, max: 1, ...more };
}

const INT = { types: ['int'], name: 'int' } as const;
const LENGTH = { types: ['string', 'array'], name: 'array | string' } as const;
const OBJECT = { types: ['object'], name: 'object' } as const;
const number = { argument: 'int', ownTypeOnly: true } as const;

/** @see https://learn.microsoft.com/azure/azure-resource-manager/bicep/parameters#use-decorators */
export const DECORATORS: ReadonlyMap<string, DecoratorRule> = new Map(
  Object.entries<DecoratorRule>({
    allowed: { places: ['param'], dangling: 'BCP147', min: 1, max: 1, argument: 'array' },
    batchSize: { places: ['resource', 'module'], dangling: 'BCP153', min: 1, max: 1 },
    description: { places: ANY, dangling: 'BCP132', min: 1, max: 1, argument: 'string' },
    discriminator: typed({ target: OBJECT, argument: 'string' }),
    export: { places: ['type', 'var', 'func', 'property'], dangling: 'BCP132', min: 0, max: 0 },
    maxLength: typed({ target: LENGTH, ...number }),
    maxValue: typed({ target: INT, ...number }),
    metadata: typed({ argument: 'object' }),
    minLength: typed({ target: LENGTH, ...number }),
    minValue: typed({ target: INT, ...number }),
    nullIfNotFound: { places: ['resource'], dangling: 'BCP149', min: 0, max: 0 },
    onlyIfNotExists: { places: ['resource', 'module'], dangling: 'BCP149', min: 0, max: 0 },
    retryOn: { places: ['resource'], dangling: 'BCP149', min: 1, max: 2 },
    sealed: typed({ min: 0, max: 0, target: OBJECT }),
    secure: typed({
      ...{ min: 0, max: 0 },
      target: { types: ['string', 'object'], name: 'object | string' },
    }),
    validate: typed({ max: 2 }),
    waitUntil: { places: ['resource'], dangling: 'BCP149', min: 2, max: 2 },
  }),
);

/** What is said of a decorator that stands on something that it may not. */
export const MISPLACED: Partial<Record<DecoratorPlace, DiagnosticCode>> = {
  param: 'BCP125',
  var: 'BCP126',
  resource: 'BCP127',
  module: 'BCP128',
  output: 'BCP129',
  metadata: 'BCP269',
  type: 'BCP297',
  property: 'BCP297',
};
