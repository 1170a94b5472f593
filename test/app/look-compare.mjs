/**
 * Pictures of the place of comparisons with a scripted engine, into test/artifacts/: before anything was compared,
 * during an experiment and after it, in both themes, desk and phone.
 *
 *   node test/app/look-compare.mjs [name …]      (wide-light, wide-dark, phone-light, phone-dark; all without)
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createServer } from 'vite';
import { collectErrors, launch, sidewaysScroll } from '../e2e/page.mjs';

const root = resolve(import.meta.dirname, '../..');
const out = resolve(root, 'test/artifacts');
const PICTURES = Object.entries({
  wide: { width: 1440, height: 900 },
  phone: { width: 360, height: 800 },
}).flatMap(([size, viewport]) =>
  ['light', 'dark'].map((colorScheme) => ({ name: `${size}-${colorScheme}`, viewport, colorScheme })),
);
/** An hour would not be enough on a machine that has other things to do; ten minutes are. */
const LONG = 600_000;

const chosen = process.argv.slice(2);
await mkdir(out, { recursive: true });
const server = await createServer({
  root,
  configFile: resolve(root, 'vite.config.ts'),
  server: { port: 5371 },
  logLevel: 'error',
});
await server.listen();
const base = `http://localhost:${server.config.server.port}/test/app/fake/index.html`;
const browser = await launch();
try {
  for (const picture of PICTURES)
    if (chosen.length === 0 || chosen.includes(picture.name)) await take(picture);
} finally {
  await browser.close();
  await server.close();
}

async function take({ name, viewport, colorScheme }) {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const errors = collectErrors(page);
  const shot = async (what) => {
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(300);
    await page.screenshot({ path: resolve(out, `compare-${name}-${what}.png`), fullPage: true });
    console.log(name, what, 'sideways:', await sidewaysScroll(page), 'errors:', errors);
  };
  await page.goto(`${base}?step=12#v=1&view=compare`);
  const start = page.getByRole('button', { name: /^Train both: / }).first();
  await start.waitFor({ timeout: LONG });
  await shot('empty');
  await page.locator('summary', { hasText: 'Put your own together' }).click();
  await shot('builder');
  await start.click();
  await page.getByTestId('verdict').waitFor({ timeout: LONG });
  await page.getByTestId('queue').getByText('B, seed 1').waitFor({ timeout: LONG });
  await shot('running');
  await page.getByTestId('queue').waitFor({ state: 'detached', timeout: LONG });
  const chart = page.locator('.u-over').first();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  await shot('done');
  await context.close();
}
