import { GROUPS, GROUP_SUMMARIES } from './catalogue.js';
import { GLOBAL_ARGUMENTS } from './global-arguments.js';
import type { ArgumentSpec, CommandSpec } from './spec.js';

const WIDTH = 100;
const REQUIRED = '[Required]';

interface Entry {
  name: string;
  tag: string;
  text: string;
}

/** The help of one command, laid out as the stock client's. */
export function commandHelp(command: CommandSpec): string {
  const named = command.arguments.filter((spec) => spec.options.length > 0);
  const positional = command.arguments.filter((spec) => spec.options.length === 0);
  const groups = [...new Set(named.flatMap((spec) => spec.group ?? []))].sort();
  const sections: { title: string; entries: Entry[] }[] = [
    { title: 'Arguments', entries: entriesOf(named.filter((spec) => spec.group === undefined)) },
    ...groups.map((group) => ({
      title: `${group} Arguments`,
      entries: entriesOf(named.filter((spec) => spec.group === group)),
    })),
    { title: 'Global Arguments', entries: entriesOf(GLOBAL_ARGUMENTS) },
    { title: 'Positional', entries: entriesOf(positional) },
  ].filter(({ entries }) => entries.length > 0);
  const lines = ['', 'Command', ...wrap(`az ${command.path} : ${command.summary}`, 4, 4), ''];
  const width = nameWidth(sections.flatMap(({ entries }) => entries));
  for (const { title, entries } of sections) {
    lines.push(title, ...entries.flatMap((entry) => entryLines(entry, width)), '');
  }
  const examples = command.examples ?? [];
  if (examples.length > 0) {
    lines.push('Examples');
    for (const { title, command: text } of examples) {
      lines.push(...wrap(title, 4, 4), ...wrap(text, 8, 8), '');
    }
  }
  return lines.join('\n') + '\n';
}

/** The help of a group: what is below it. */
export function groupHelp(path: string, commands: readonly CommandSpec[]): string {
  const depth = path === '' ? 0 : path.split(' ').length;
  const children = path === '' ? topLevel() : childrenOf(path, depth, commands);
  const width = nameWidth([...children.groups, ...children.commands]);
  const title =
    path === ''
      ? ['    az : The commands that Lazurite answers in the manner of the Azure CLI.']
      : wrap(`az ${path} : ${summaryOf(path)}`, 4, 4);
  const lines = ['', 'Group', ...title, ''];
  if (children.groups.length > 0) {
    lines.push('Subgroups:', ...children.groups.flatMap((entry) => entryLines(entry, width)), '');
  }
  if (children.commands.length > 0) {
    lines.push('Commands:', ...children.commands.flatMap((entry) => entryLines(entry, width)), '');
  }
  return lines.join('\n') + '\n';
}

function topLevel(): { groups: Entry[]; commands: Entry[] } {
  const alone = new Set(['login', 'logout', 'rest', 'version']);
  const entries = GROUPS.map(({ name, summary }) => ({ name, tag: '', text: summary }));
  return {
    groups: entries.filter(({ name }) => !alone.has(name)),
    commands: entries.filter(({ name }) => alone.has(name)),
  };
}

function childrenOf(
  path: string,
  depth: number,
  commands: readonly CommandSpec[],
): { groups: Entry[]; commands: Entry[] } {
  const leaves = commands.filter((command) => command.path.split(' ').length === depth + 1);
  const deeper = commands.filter((command) => command.path.split(' ').length > depth + 1);
  const names = [...new Set(deeper.map((command) => command.path.split(' ')[depth] ?? ''))].sort();
  return {
    groups: names.map((name) => ({ name, tag: '', text: summaryOf(`${path} ${name}`) })),
    commands: leaves
      .map((command) => ({
        name: command.path.split(' ').at(-1) ?? '',
        tag: '',
        text: command.summary,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function summaryOf(path: string): string {
  return GROUPS.find(({ name }) => name === path)?.summary ?? GROUP_SUMMARIES[path] ?? '';
}

function entriesOf(specs: readonly ArgumentSpec[]): Entry[] {
  return specs
    .map((spec) => ({
      name:
        spec.options.length === 0
          ? (spec.metavar ?? spec.name)
          : [...spec.options].sort().join(' '),
      tag: spec.required === true && spec.options.length > 0 ? REQUIRED : '',
      text: [sentence(spec.help), choicesOf(spec), defaultOf(spec)].join(''),
    }))
    .sort((a, b) => b.tag.length - a.tag.length || (a.name < b.name ? -1 : 1));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function choicesOf(spec: ArgumentSpec): string {
  const choices = spec.kind === 'three-state' ? ['false', 'true'] : spec.choices;
  return choices ? `  Allowed values: ${[...choices].sort().join(', ')}.` : '';
}

function defaultOf(spec: ArgumentSpec): string {
  return spec.default === undefined ? '' : `  Default: ${spec.default}.`;
}

function nameWidth(entries: readonly Entry[]): number {
  return Math.max(
    0,
    ...entries.map(({ name, tag }) => name.length + (tag === '' ? 0 : tag.length + 1)),
  );
}

function entryLines({ name, tag, text }: Entry, width: number): string[] {
  const padding = ' '.repeat(Math.max(0, width - name.length - tag.length));
  return wrap(`${name}${padding}${tag} : ${text}`, 4, width + 7);
}

/** Breaks at spaces and after hyphens inside words, as Python's textwrap does. */
function wrap(text: string, indent: number, hanging: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let isEmpty = true;
  for (const chunk of text.match(/\s+|[^\s-]*[^\s-]-(?=[a-zA-Z])|\S+/g) ?? []) {
    if (line.length + chunk.trimEnd().length > WIDTH && !isEmpty) {
      lines.push(line.trimEnd());
      line = ' '.repeat(hanging);
      isEmpty = true;
    }
    if (isEmpty && lines.length > 0 && chunk.trim() === '') continue;
    line += chunk;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}
