/**
 * Pictures of the built page with its real engine after a dozen default steps, into test/artifacts/.
 *
 *   node test/e2e/look.mjs [name …]      (names as below; all without)
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sidewaysScroll, site } from './page.mjs';

const out = resolve(import.meta.dirname, '../artifacts');
const STEPS = 12;

const PICTURES = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 360, height: 800 },
  { name: 'tablet', width: 768, height: 1024 },
  { name: 'hall', width: 1920, height: 1080 },
].flatMap((picture) =>
  ['light', 'dark'].map((colorScheme) => ({
    ...picture,
    name: `real-${picture.name}-${colorScheme}`,
    colorScheme,
  })),
);

const chosen = process.argv.slice(2);
await mkdir(out, { recursive: true });
const turnwise = await site();
try {
  for (const { name, ...view } of PICTURES) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const { page, errors, close } = await turnwise.open({ ...view, hash: '#v=1&seed=0' });
    await page.getByTestId('status').getByText('Ready').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const where = page.getByTestId('where');
    await where.getByText(new RegExp(`step (${STEPS}|[2-9]\\d|1[3-9])`)).waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByTestId('status').getByText('Paused').waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(400);
    await page.screenshot({ path: resolve(out, `${name}.png`) });
    await page.screenshot({ path: resolve(out, `${name}-full.png`), fullPage: true });
    console.log(name, 'sideways:', await sidewaysScroll(page), 'errors:', errors);
    await close();
  }
} finally {
  await turnwise.close();
}
