import { patternSource } from '../../build/embedded/context/dockerignore.js';
import { Failure } from '../../base/failure.js';
import { CATALOGUE, type FindingCode } from '../findings/catalogue.js';
import type { Finding, FindingDraft } from '../findings/finding.js';
import { formatPosition, type Position, type SourceFile } from '../source/position.js';
import { readYaml, type YamlValue } from '../source/yaml-value.js';

/** One entry of `allow`: findings that are known and accepted. */
export interface Allowance {
  codes: FindingCode[];
  /** Globs over the image's name; every image when absent. */
  image?: RegExp;
  /** Glob over the file; every file when absent. */
  path?: RegExp;
  reason: string;
  /** The last day on which it counts, e.g. `'2027-01-31'`. */
  expires?: string;
  position: Position;
}

/** What `lazurite-check.yaml` says. */
export interface CheckConfig {
  allow: Allowance[];
}

/** Read when no other file is named and it is there. */
export const CONFIG_FILE = 'lazurite-check.yaml';

const FIELDS = ['code', 'image', 'path', 'reason', 'expires'];

/** @throws Failure (wrong usage) naming the place of what is wrong */
export function parseConfig(file: SourceFile): CheckConfig {
  const [document, second] = readYaml(file);
  const [problem] = document?.problems ?? [];
  if (problem) throw wrong(problem.position, problem.message);
  if (second?.value) throw wrong(second.value.position, 'there is more than one document');
  const root = document?.value;
  if (!root) return { allow: [] };
  if (!root.isMap) throw wrong(root.position, 'a mapping with "allow" is expected');
  for (const [key, value] of root.entries) {
    if (key !== 'allow') throw wrong(value.position, `"${key}" is not known; "allow" is`);
  }
  const allow = root.get('allow');
  if (allow && !allow.isList) throw wrong(allow.position, '"allow" must be a list');
  return { allow: (allow?.items ?? []).map(parseAllowance) };
}

function parseAllowance(entry: YamlValue): Allowance {
  for (const [key, value] of entry.entries) {
    if (!FIELDS.includes(key)) {
      throw wrong(value.position, `"${key}" is not known; ${FIELDS.join(', ')} are`);
    }
  }
  const code = entry.get('code');
  const codes = code?.isList ? code.items : code ? [code] : [];
  if (codes.length === 0) throw wrong(entry.position, 'an entry needs a "code"');
  const reason = entry.get('reason')?.text?.trim();
  if (!reason) throw wrong(entry.position, 'an entry needs a "reason"');
  const image = entry.get('image');
  const path = entry.get('path');
  const expires = entry.get('expires');
  return {
    codes: codes.map(parseCode),
    ...(image && { image: parseGlob(image) }),
    ...(path && { path: parseGlob(path) }),
    reason,
    ...(expires && { expires: parseDay(expires) }),
    position: entry.position,
  };
}

function parseCode(value: YamlValue): FindingCode {
  const text = value.text ?? '';
  const code = (Object.keys(CATALOGUE) as FindingCode[]).find((known) => known === text);
  if (code === undefined) throw wrong(value.position, `"${text}" is not the code of a finding`);
  return code;
}

function parseGlob(value: YamlValue): RegExp {
  const text = value.text ?? '';
  try {
    return new RegExp(`^${patternSource(withoutHere(text))}$`, 's');
  } catch {
    throw wrong(value.position, `"${text}" is no pattern: its [ has no end, or no sense`);
  }
}

function parseDay(value: YamlValue): string {
  const text = value.text ?? '';
  const day = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime());
  if (!isDay || !day.toISOString().startsWith(text)) {
    throw wrong(value.position, `"${text}" is not a day such as 2027-01-31`);
  }
  return text;
}

function wrong(position: Position, why: string): Failure {
  return new Failure(`the configuration ${formatPosition(position)} can't be used`, {
    why,
    help: 'the fields are in docs/reference/lazurite-check.schema.json',
    exitCode: 2,
  });
}

/**
 * Marks the findings that are allowed, and adds one for each entry that has expired or allows nothing.
 *
 * @param today e.g. `'2026-11-26'`
 */
export function applyConfig(
  findings: readonly Finding[],
  { allow }: CheckConfig,
  today: string,
): { findings: Finding[]; about: FindingDraft[] } {
  const valid = allow.filter(({ expires }) => expires === undefined || expires >= today);
  const used = new Set<Allowance>();
  const marked = findings.map((one) => {
    const allowance = valid.find((candidate) => allows(candidate, one));
    if (!allowance) return one;
    used.add(allowance);
    return { ...one, allowed: allowance.reason };
  });
  const about = allow.flatMap((entry): FindingDraft[] => {
    if (used.has(entry)) return [];
    const expired = !valid.includes(entry);
    return [
      {
        code: expired ? 'LZ1602' : 'LZ1601',
        message: expired
          ? `The entry for ${entry.codes.join(', ')} expired on ${entry.expires ?? ''}.`
          : `The entry for ${entry.codes.join(', ')} allows nothing that was found.`,
        evidence: [`reason: ${entry.reason}`],
        positions: [entry.position],
      },
    ];
  });
  return { findings: marked, about };
}

/** A finding in several files is allowed only when every one of them is. */
function allows({ codes, image, path }: Allowance, found: Finding): boolean {
  if (!codes.includes(found.code)) return false;
  if (image !== undefined && !matches(image, found.image ?? '')) return false;
  if (path === undefined) return true;
  const { positions } = found;
  return positions.length > 0 && positions.every(({ file }) => matches(path, file));
}

function matches(glob: RegExp, text: string): boolean {
  return glob.test(withoutHere(text));
}

/** `./k8s/web.yaml` is `k8s/web.yaml`. */
function withoutHere(text: string): string {
  return text.replace(/^\.\//, '');
}
