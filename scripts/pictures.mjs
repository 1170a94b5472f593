/**
 * The pictures of the README, from the built page and the run that comes recorded with it, into docs/pictures/.
 *
 *   node scripts/pictures.mjs [name …]      (names as below; all without; needs a built page: `npm run build`)
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { site } from '../test/e2e/page.mjs';
import { fail, root } from './prepare.mjs';

const OUT = join(root, 'docs/pictures');
/** kB; a README is read on slow lines, too. */
const LARGEST = 200;
/** px left free around what a picture shows. */
const MARGIN = 10;
/** The step at which one attempt of the fourth task takes its leave after three turns. */
const STEP = '20';

/** Type is the same wherever the pictures are made: faces that every Linux has or can have, and what stands for them elsewhere. */
const FACES = {
  '--sans': "'Liberation Sans', Arial, sans-serif",
  '--serif': "P052, 'Palatino Linotype', Palatino, 'Liberation Serif', serif",
};

/** Each with the size of its window, and how one gets there; returns what belongs into the picture. */
const PICTURES = {
  opening: {
    size: { width: 1280, height: 800 },
    take: (page) => [
      page.locator('.page > header'),
      page.locator('.headline'),
      page.locator('.stage .story'),
    ],
  },
  inspector: {
    // So high that all of it is in sight: a formula is typeset when it comes into view.
    size: { width: 800, height: 2600 },
    async take(page) {
      await page.getByRole('slider', { name: 'Step', exact: true }).fill(STEP);
      await page.getByRole('button', { name: 'Tasks of this step', exact: true }).click();
      await page
        .getByRole('option', { name: /before, .* now, / })
        .first()
        .waitFor();
      await page.getByRole('button', { name: /^1\. Policy/ }).click();
      const inspector = page.locator('.inspector');
      await inspector.locator('.numbers .katex').first().waitFor();
      await inspector.locator('.numbers:not(:has(.katex))').first().waitFor({ state: 'detached' });
      return [page.locator('.stage .story'), inspector];
    },
  },
  workbench: {
    // As high as lets the rules beside end between two of them.
    size: { width: 1280, height: 700 },
    async take(page) {
      await page.getByRole('slider', { name: 'Step', exact: true }).fill(STEP);
      await page.getByRole('button', { name: 'Workbench', exact: true }).click();
      await page.getByRole('group', { name: 'Tasks of this step' }).getByRole('button').nth(3).click();
      await page.getByRole('radio', { name: /^Mean What UserRL/ }).check();
      await page.getByText('It pays to stop early', { exact: true }).waitFor();
      await page
        .getByRole('list', { name: /^Rollouts under the rules/ })
        .getByRole('button', { name: /^Rollout 1\b/ })
        .click();
      return [
        page.locator('.page > header'),
        page.getByRole('list', { name: 'Where the rules do something one may not expect' }),
      ];
    },
  },
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in PICTURES));
if (unknown.length > 0)
  fail(`No picture is called ${unknown.join(', ')}; there are ${Object.keys(PICTURES).join(', ')}.`);

await mkdir(OUT, { recursive: true });
const turnwise = await site();
try {
  for (const [name, picture] of Object.entries(PICTURES))
    if (chosen.length === 0 || chosen.includes(name)) await make(name, picture);
} finally {
  await turnwise.close();
}

async function make(name, { size, take }) {
  const { page, errors, close } = await turnwise.open({ ...size, before: withFaces });
  await page.locator('.conversation').waitFor();
  const shown = await take(page);
  await still(page);
  const path = join(OUT, `${name}.png`);
  await page.screenshot({
    path,
    clip: await around(shown, size.width),
    fullPage: true,
    animations: 'disabled',
  });
  await close();
  const kilobytes = Math.ceil((await stat(path)).size / 1000);
  console.log(`${name}.png: ${kilobytes} kB`);
  if (errors.length > 0) throw new Error(`The page met errors: ${errors.join('; ')}`);
  if (kilobytes > LARGEST) throw new Error(`${name}.png is larger than ${LARGEST} kB; let it show less.`);
}

/** As a sheet of its own, which is there before anything is measured or drawn. */
function withFaces(page) {
  const rules = Object.entries(FACES).map(([name, value]) => `${name}: ${value};`);
  return page.addInitScript(
    (text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    },
    `:root { ${rules.join(' ')} }`,
  );
}

/** Nothing has the pointer or the focus any more, every font is there, and two frames have been drawn. */
async function still(page) {
  await page.mouse.move(0, 0);
  await page.evaluate(async () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    window.scrollTo(0, 0);
    await document.fonts.ready;
    for (let i = 0; i < 2; i++) await new Promise((drawn) => requestAnimationFrame(drawn));
  });
}

/** From the uppermost to the lowest of what is shown, as wide as the page. */
async function around(shown, width) {
  const boxes = await Promise.all(shown.map((one) => one.first().boundingBox()));
  const top = Math.max(0, Math.floor(Math.min(...boxes.map(({ y }) => y)) - MARGIN));
  const bottom = Math.ceil(Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN);
  return { x: 0, y: top, width, height: bottom - top };
}
