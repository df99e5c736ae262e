import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Lab } from '../definition.js';

/** Scripts and definitions; other files of a lab are programs. */
const TEXTS = /\.(sh|yaml|bicep|json)$/;

/**
 * Copies a lab under another name, complete with the scripts that it shares with others: it runs as it is, and
 * is changed step by step.
 */
export function copyTemplate(template: Lab, name: string, folder: string): void {
  cpSync(template.folder, folder, { recursive: true });
  for (const file of textsIn(folder)) {
    if (file.includes(`${folder}/common/`)) continue;
    const text = readFileSync(file, 'utf8').replaceAll('../common/', './common/');
    writeFileSync(file, basename(file) === 'lab.yaml' ? renamed(text, template, name) : text);
  }
}

function renamed(text: string, template: Lab, name: string): string {
  const title = name.replaceAll('-', ' ');
  const definition = text
    .replace(/^# yaml-language-server:.*\n/, '')
    .replace(/^name: .*$/m, `name: ${name}`)
    .replace(/^title: .*$/m, `title: ${title.charAt(0).toUpperCase()}${title.slice(1)}`)
    .replace(/^( +RG: ).*$/m, `$1rg-lab-${name}`);
  return `# Begun as a copy of the lab ${template.name}, which runs as it is. Change, in this order: the trigger and what
# its gates must see, the fix, the falsification; then the texts and the symptoms. After each change:
#   lazurite lab lint .   &&   lazurite lab run .
${definition}`;
}

function textsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => TEXTS.test(file) && statSync(file).isFile());
}
