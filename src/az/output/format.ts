import type { Json } from '../../base/json.js';
import { AzError } from '../az-error.js';
import type { OutputFormat } from '../global-arguments.js';
import type { TableTransform } from '../spec.js';
import { formatJson } from './json.js';

export interface FormatOptions {
  format: OutputFormat;
  /** The document a query was applied to; absent when there was no query. */
  queried?: Json;
  table?: TableTransform;
  /** Whether stdout is a terminal that may be coloured. */
  colour: boolean;
}

/** The text of a result; formats other than JSON are loaded when asked for. */
export async function formatResult(result: Json, options: FormatOptions): Promise<string> {
  switch (options.format) {
    case 'none':
      return '';
    case 'tsv': {
      const [{ formatTsv }, { objectsIn }] = await Promise.all([
        import('./tsv.js'),
        import('./query.js'),
      ]);
      const original = objectsIn(options.queried ?? result);
      return formatTsv(result, (item) => !original.has(item));
    }
    case 'table':
      return await tableText(result, options);
    case 'yaml':
    case 'yamlc':
      return (await import('./yaml.js')).formatYaml(result);
    case 'jsonc':
      return options.colour
        ? (await import('./colour.js')).colourJson(formatJson(result))
        : formatJson(result);
    case 'json':
      return formatJson(result);
  }
}

async function tableText(result: Json, options: FormatOptions): Promise<string> {
  const { formatTable } = await import('./table.js');
  const isQueried = options.queried !== undefined;
  const transform = isQueried ? undefined : options.table;
  try {
    return formatTable(transform ? transform(result) : result, !isQueried && !transform);
  } catch (error) {
    throw new AzError(
      'Table output unavailable. Use the --query option to specify an appropriate query. Use --debug for more info.',
      { cause: error },
    );
  }
}
