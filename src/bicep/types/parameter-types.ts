import type { FileModel, ParamSymbol } from '../semantics/symbols.js';
import { literalText } from '../syntax/walk.js';
import { allowsNull, Inference } from './inference.js';
import { unionOf, type ObjectType, type PropertyType, type Type } from './type.js';

/** What a file's parameters take, as the `params` of a module or a parameters file give it. */
export function parametersType(model: FileModel): ObjectType {
  const inference = new Inference(model);
  const properties = new Map<string, PropertyType>(
    model.params.map((symbol) => {
      const { name, statement } = symbol;
      const type = parameterType(symbol, inference);
      const nullable =
        statement.type.kind === 'nullableType' || (type.kind === 'union' && allowsNull(type));
      return [name, { type, required: !statement.defaultValue && !nullable }];
    }),
  );
  return { kind: 'object', name: 'params', properties };
}

/** The declared type, or the texts that `@allowed` lists. */
function parameterType({ statement }: ParamSymbol, inference: Inference): Type {
  const type = inference.type(statement.type);
  const allowed = statement.decorators.find(({ name }) => name.name === 'allowed')?.args[0];
  if (type.kind !== 'string' || allowed?.kind !== 'array') return type;
  const texts = allowed.items.map((item) =>
    item.kind === 'string' ? literalText(item) : undefined,
  );
  if (texts.length === 0 || !texts.every((text) => text !== undefined)) return type;
  return unionOf([...texts].sort().map((literal) => ({ kind: 'string', literal })));
}
