import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, findChromium } from '../support/chromium.js';
import { lazurite } from '../support/lazurite-command.js';

const BINARY = findChromium();
/** Screenshots stay here, to be looked at. */
const PICTURES = fileURLToPath(new URL('../../test-results/lab-report', import.meta.url));

const WIDTHS = [
  ['a phone', 390, 844],
  ['a desk', 1280, 900],
] as const;

/** A lab whose fix is a setting, and one whose failure is in an index. */
const LABS = {
  'target-port-mismatch': ['Configuration before and after the fix', 'How far each revision came'],
  'multi-arch-image-mismatch': ['Platforms of the image', 'Configuration before and after the fix'],
};
const ALWAYS = [
  'Question',
  'Hypothesis',
  'The experiment',
  'Timeline',
  'What was seen',
  'Takeaway',
];

/** What of the page can be seen, in pixels. */
interface Layout {
  pageWidth: number;
  windowWidth: number;
  sections: { title: string; height: number; right: number }[];
  marks: number;
  external: number;
}

const MEASURE = `(() => ({
  pageWidth: document.documentElement.scrollWidth,
  windowWidth: window.innerWidth,
  sections: [...document.querySelectorAll('section')].map((one) => ({
    title: one.querySelector('h2').textContent,
    height: one.getBoundingClientRect().height,
    right: one.getBoundingClientRect().right,
  })),
  marks: [...document.querySelectorAll('svg rect, svg circle, svg path')].filter(
    (one) => one.getBoundingClientRect().width > 0).length,
  external: performance.getEntriesByType('resource').length,
}))()`;

describe.skipIf(BINARY === undefined && !process.env['LAZURITE_REQUIRE_CLIENTS'])(
  'the report in Chromium',
  () => {
    let folder: string;
    let browser: Chromium;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'lazurite-lab-report-'));
      mkdirSync(PICTURES, { recursive: true });
      browser = await Chromium.start(BINARY ?? 'chromium');
      for (const lab of Object.keys(LABS)) {
        const run = await lazurite(['lab', 'run', lab, '--output', join(folder, lab)]);
        expect(run.code, run.stdout + run.stderr).toBe(0);
      }
    });

    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(
      Object.entries(LABS).flatMap(([lab, titles]) =>
        WIDTHS.map(([device, width, height]) => ({ lab, titles, device, width, height })),
      ),
    )('of $lab is whole on $device', async ({ lab, titles, width, height }) => {
      await browser.open(pathToFileURL(join(folder, lab, 'report.html')).href, width, height);
      const layout = await browser.evaluate<Layout>(MEASURE);
      expect(layout.pageWidth, 'nothing reaches over the edge').toBeLessThanOrEqual(width);
      expect(layout.windowWidth).toBe(width);
      const visible = layout.sections.filter((one) => one.height > 40 && one.right <= width);
      expect(visible.map(({ title }) => title)).toEqual(
        expect.arrayContaining([...ALWAYS, ...titles]),
      );
      expect(visible).toHaveLength(layout.sections.length);
      expect(layout.marks).toBeGreaterThan(20);
      expect(layout.external).toBe(0);
      const picture = await browser.screenshot();
      writeFileSync(join(PICTURES, `${lab}-${width}.png`), picture);
      expect(await coloursOf(browser, picture)).toBeGreaterThan(50);
      expect(browser.complaints).toEqual([]);
    });

    it('shows what the fix changed', () => {
      const page = readFileSync(join(folder, 'target-port-mismatch', 'report.html'), 'utf8');
      expect(page).toMatch(
        /configuration\.ingress\.targetPort<\/td><td[^>]*>8080<\/td><td[^>]*>8000</,
      );
    });
  },
);

/** How many colours a picture has: a blank one has one. */
async function coloursOf(browser: Chromium, picture: Buffer): Promise<number> {
  await browser.open(`data:image/png;base64,${picture.toString('base64')}`, 800, 600);
  return await browser.evaluate<number>(`(() => {
    const image = document.images[0];
    const canvas = Object.assign(document.createElement('canvas'),
      { width: image.naturalWidth, height: Math.min(image.naturalHeight, 4000) });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  })()`);
}
