import { ANYWHERE, isMissing, type Expressions } from './expressions.js';
import type {
  ArrayNode,
  ErrorNode,
  Expression,
  ObjectNode,
  PropertyNode,
  SpreadNode,
  Statement,
  StringNode,
} from './nodes.js';
import type { TokenReader } from './token-reader.js';

const MEMBER_END = ['newline', '}'];
const KEY_END = [':', ...MEMBER_END];

/** Arrays, objects, and the arguments of calls. */
export class CollectionParser {
  readonly #expressions: Expressions;
  readonly #reader: TokenReader;
  readonly #nestedResource: () => Statement | ErrorNode;

  constructor(expressions: Expressions, nestedResource: () => Statement | ErrorNode) {
    this.#expressions = expressions;
    this.#reader = expressions.reader;
    this.#nestedResource = nestedResource;
  }

  array(): ArrayNode {
    const reader = this.#reader;
    const { start } = reader.current;
    reader.expect('[');
    const items = this.members(']', () =>
      reader.recover(() => this.#arrayItem(), { until: ['newline', ']'] }),
    );
    reader.expect(']');
    return { kind: 'array', items, span: reader.spanFrom(start) };
  }

  #arrayItem(): Expression | SpreadNode {
    return this.#reader.at('...') ? this.#spread(']') : this.#expressions.expression();
  }

  #spread(close: string): SpreadNode {
    const reader = this.#reader;
    const { start } = reader.next();
    const expression = this.#expressions.recovered(ANYWHERE, false, [',', 'newline', close]);
    return { kind: 'spread', expression, span: reader.spanFrom(start) };
  }

  /** @param resources whether `resource` declares one nested in the body of another */
  object(resources: boolean): ObjectNode {
    const reader = this.#reader;
    const { start } = reader.current;
    reader.expect('{');
    const nested: Statement[] = [];
    const members = this.members('}', () =>
      reader.recover(
        () => {
          if (!resources || !this.#isNestedResource()) return this.#objectMember();
          const resource = this.#nestedResource();
          if (resource.kind !== 'error') nested.push(resource);
          return undefined;
        },
        { until: MEMBER_END },
      ),
    );
    reader.expect('}');
    const properties = members.filter(
      (member) => member?.kind === 'property' || member?.kind === 'spread',
    );
    return { kind: 'object', properties, resources: nested, span: reader.spanFrom(start) };
  }

  #isNestedResource(): boolean {
    const reader = this.#reader;
    if (reader.at('@')) return true;
    return reader.at('resource') && reader.peek(1).kind === 'identifier';
  }

  #objectMember(): PropertyNode | SpreadNode | ErrorNode {
    const reader = this.#reader;
    if (reader.at('...')) return this.#spread('}');
    const { start } = reader.current;
    const key = reader.recover(() => this.#key(), { until: KEY_END });
    const colon = reader.recover(() => reader.expect(':'), {
      until: MEMBER_END,
      quiet: isMissing(key),
    });
    const value = this.#expressions.recovered(ANYWHERE, isMissing(colon), MEMBER_END);
    const span = reader.spanFrom(start);
    if ('kind' in key && key.kind === 'error') return { kind: 'error', span };
    return { kind: 'property', key, value, span };
  }

  #key(): StringNode | PropertyNode['key'] {
    const reader = this.#reader;
    if (!reader.atKind('string') && !reader.atKind('stringLeft'))
      return reader.identifier('BCP022');
    const { current } = reader;
    const key = this.#expressions.string();
    if (key.kind === 'error') throw reader.faultAt(current, 'BCP022');
    return key;
  }

  /** Members separated by line breaks or commas, up to `close`, which is left. */
  members<T>(close: string, parse: () => T): T[] {
    const reader = this.#reader;
    const members: T[] = [];
    if (reader.at(close)) return members;
    reader.skipNewlines();
    for (let isMember = true; !reader.atKind('end') && !reader.at(close); isMember = !isMember) {
      if (isMember) {
        const before = reader.position;
        members.push(parse());
        // What is neither a member nor what ends one would be looked at for ever.
        if (reader.position === before && !reader.atKind('newline') && !reader.at(close))
          throw reader.fault('BCP018', close);
      } else this.#memberEnd();
    }
    return members;
  }

  /** One set of line breaks, or one comma. */
  #memberEnd(): void {
    const reader = this.#reader;
    const isComma = reader.accept(',');
    if (!reader.atKind('newline')) {
      if (!isComma) reader.missing('BCP236');
    } else if (isComma) {
      reader.missing('BCP238');
      reader.next();
    } else reader.skipNewlines();
  }

  /** `(a, b)`: separated by commas, closed by `close`, which is read. */
  elements<T>(close: string, parse: () => T): T[] {
    const reader = this.#reader;
    const elements: T[] = [];
    reader.next();
    if (!reader.at(close)) {
      reader.skipNewlines();
      for (let isElement = true; !reader.atKind('end') && !reader.at(close);) {
        if (isElement) elements.push(parse());
        else if (!this.#separator(close, () => elements.push(parse()))) break;
        isElement = !isElement;
      }
    }
    if (!reader.accept(close)) reader.missing('BCP018', close);
    return elements;
  }

  /** @returns whether there is more to read */
  #separator(close: string, trailing: () => void): boolean {
    const reader = this.#reader;
    if (reader.atKind('newline')) {
      const after = reader.peekPastNewlines();
      if (after.kind === 'end') return false;
      if (after.text !== close) reader.missing('BCP237');
      reader.skipNewlines();
    } else if (reader.accept(',')) {
      reader.skipNewlines();
      if (reader.at(close)) trailing();
    } else reader.missing('BCP236');
    return true;
  }
}
