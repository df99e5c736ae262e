import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { allLabs, inTeachingOrder } from './catalogue.js';

const FILE = fileURLToPath(new URL('../../docs/reference/labs.md', import.meta.url));

it('docs/reference/labs.md lists the catalogue (LAZURITE_UPDATE_DOCS=1 rewrites it)', async () => {
  const labs = inTeachingOrder(
    allLabs().map((lab) => ({
      ...lab,
      category: lab.metadata.category,
      difficulty: lab.metadata.difficulty,
    })),
  );
  const categories = [...new Set(labs.map(({ category }) => category))];
  const sections = categories.map((category) => {
    const rows = labs
      .filter((lab) => lab.category === category)
      .map(({ name, difficulty, metadata, admission }) =>
        [
          `[\`${name}\`](../../labs/${name}/lab.yaml)`,
          difficulty,
          metadata.failureMode,
          admission.join(', '),
        ].join(' | '),
      );
    return [
      `## ${category}`,
      '',
      ['lab | difficulty | what fails | image admission', '--- | --- | --- | ---', ...rows]
        .map((row) => `| ${row} |`)
        .join('\n'),
    ].join('\n');
  });
  const text = [
    '# Labs',
    'Written from the labs by `src/labs/lab-list.test.ts`. `lazurite lab run NAME` runs one; [the guide](../guides/labs.md) tells how.',
    ...sections,
  ].join('\n\n');
  const formatted = await format(text, { ...(await resolveConfig(FILE)), parser: 'markdown' });
  if (process.env['LAZURITE_UPDATE_DOCS'] === '1') writeFileSync(FILE, formatted);
  expect(readFileSync(FILE, 'utf8')).toBe(formatted);
});
