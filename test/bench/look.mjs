/**
 * Pictures of the bench page with a stored result, into test/artifacts/: both themes, desk and phone. Needs the
 * page to be built (`npm run bench` does that).
 *
 *   node test/bench/look.mjs build/bench.json
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sidewaysScroll, site } from '../e2e/page.mjs';

const root = resolve(import.meta.dirname, '../..');
const out = resolve(root, 'test/artifacts');
const file = resolve(root, process.argv[2] ?? 'build/bench.json');

await mkdir(out, { recursive: true });
const bench = await site({ root: resolve(root, 'build/bench-site') });
try {
  for (const [name, width] of [
    ['wide', 1280],
    ['phone', 360],
  ]) {
    for (const colorScheme of ['light', 'dark']) {
      const { page, errors, close } = await bench.open({ path: 'bench', width, height: 1500, colorScheme });
      await page.getByTestId('device').waitFor();
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      await page.waitForTimeout(300);
      await page.screenshot({ path: resolve(out, `bench-${name}-${colorScheme}.png`) });
      console.log(name, colorScheme, 'sideways:', await sidewaysScroll(page), 'errors:', errors);
      await close();
    }
  }
} finally {
  await bench.close();
}
