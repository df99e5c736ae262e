import type { DeclarationParser, ParseDeclaration } from './declaration-parser.js';
import type { ExpressionParser } from './expression-parser.js';
import type { ErrorNode, Identifier, ImportItem, StringNode } from './nodes.js';
import type { TokenReader } from './token-reader.js';

interface Imported {
  readonly items?: ImportItem[];
  readonly wildcard?: Identifier;
}

/** What refers to other files: `import`, `using`, `extends`, `extension`. */
export class ImportParser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;
  readonly #declarations: DeclarationParser;

  constructor(expressions: ExpressionParser, declarations: DeclarationParser) {
    this.#reader = expressions.reader;
    this.#expressions = expressions;
    this.#declarations = declarations;
  }

  readonly import: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    // The old word for `extension`.
    if (reader.atKind('string') || reader.atKind('stringLeft'))
      return this.#extension(decorators, start);
    const what = this.#imported();
    const path = reader.recover(
      () => {
        reader.expectKeyword('from');
        return this.#declarations.requiredString('BCP097', false, 'newline');
      },
      { until: ['newline'] },
    );
    const span = reader.spanFrom(start);
    const { items, wildcard } = what;
    return { kind: 'import', decorators, items, wildcard, path, span };
  };

  #imported(): Imported {
    const reader = this.#reader;
    if (reader.at('{')) return { items: this.#items() };
    if (reader.at('*')) {
      const alias = reader.recover(() => this.#wildcard(), { until: ['newline'] });
      return 'kind' in alias ? {} : { wildcard: alias };
    }
    if (reader.atKind('identifier') || reader.atKind('newline') || reader.atKind('end'))
      reader.missing('BCP354');
    else {
      const { start, end } = reader.next();
      reader.report({ start, end }, 'BCP354');
    }
    return {};
  }

  #wildcard(): Identifier {
    const reader = this.#reader;
    reader.expect('*');
    reader.expectKeyword('as');
    return reader.identifier('BCP356');
  }

  #items(): ImportItem[] {
    const reader = this.#reader;
    reader.expect('{');
    const items = this.#expressions.collections.members('}', () => this.#item());
    reader.expect('}');
    return items.filter((item) => 'name' in item);
  }

  #item(): ImportItem | ErrorNode {
    const reader = this.#reader;
    const { start } = reader.current;
    const name = this.#exportedName();
    const alias = reader.accept('as')
      ? reader.recoverIdentifier('BCP325', ',', 'newline')
      : undefined;
    const span = reader.spanFrom(start);
    if (name.kind === 'error') return name;
    if (name.kind === 'quoted' && alias === undefined) {
      reader.report(name.span, 'BCP375');
      return { kind: 'error', span };
    }
    return { name: { name: name.text, span: name.span }, alias, span };
  }

  #exportedName():
    | ErrorNode
    | {
        readonly kind: 'plain' | 'quoted';
        readonly text: string;
        readonly span: ErrorNode['span'];
      } {
    const reader = this.#reader;
    if (reader.atKind('identifier')) {
      const { name, span } = reader.identifier('BCP355');
      return { kind: 'plain', text: name, span };
    }
    if (!reader.atKind('string')) {
      const { start, end } = reader.next();
      reader.report({ start, end }, 'BCP355');
      return { kind: 'error', span: { start, end } };
    }
    const string: StringNode | ErrorNode = this.#expressions.string();
    if (string.kind === 'error') return string;
    return { kind: 'quoted', text: string.segments[0] ?? '', span: string.span };
  }

  readonly extension: ParseDeclaration = (decorators, start) => {
    this.#reader.next();
    return this.#extension(decorators, start);
  };

  #extension(...[decorators, start]: Parameters<ParseDeclaration>): ReturnType<ParseDeclaration> {
    const reader = this.#reader;
    const specification = reader.current.text;
    if (reader.atKind('string') || reader.atKind('stringLeft')) this.#expressions.string();
    else if (!reader.atKind('newline')) reader.next();
    reader.recover(
      () => {
        if (reader.accept('with')) this.#expressions.object();
        if (reader.accept('as')) reader.identifier('BCP202');
      },
      { until: ['newline'] },
    );
    reader.synchronize(['newline']);
    return { kind: 'extension', decorators, specification, span: reader.spanFrom(start) };
  }

  readonly using: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const path = reader.accept('none')
      ? undefined
      : this.#declarations.requiredString('BCP257', false, 'newline');
    return { kind: 'using', decorators, path, span: reader.spanFrom(start) };
  };

  readonly extends: ParseDeclaration = (decorators, start) => {
    const reader = this.#reader;
    reader.next();
    const path = this.#declarations.requiredString('BCP257', false, 'newline');
    return { kind: 'extends', decorators, path, span: reader.spanFrom(start) };
  };
}
