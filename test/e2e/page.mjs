/** A real browser on a real page, for tests and for looking. */
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../scripts/browser.mjs';
import { serve } from '../../scripts/serve.mjs';

export const DIST = resolve(import.meta.dirname, '../../dist');

/** Nothing of the browser's own may talk to the network while a page is being judged. */
const QUIET = [
  '--headless=new',
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** @param {string[]} [args] more switches, e.g. for a GPU */
export function launch(args = []) {
  return chromium.launch({ executablePath: findBrowser(), headless: true, args: [...QUIET, ...args] });
}

/**
 * Serves dist/ and opens a browser; `open` gives a new page that keeps the errors it meets.
 * @param {{ args?: string[], root?: string, isolated?: boolean }} [options]
 */
export async function site({ args = [], root = DIST, isolated = true } = {}) {
  const server = await serve({ root, port: 4173, isolated });
  const browser = await launch(args).catch(async (error) => {
    await server.close();
    throw error;
  });
  return {
    url: server.url,
    browser,
    /**
     * `before` prepares the page before it is loaded: routes, scripts.
     * @param {{ hash?: string, path?: string, width?: number, height?: number, colorScheme?: 'light' | 'dark', before?: (page: import('playwright-core').Page) => Promise<unknown> }} [options]
     */
    async open({ hash = '', path = '', width = 1440, height = 900, colorScheme = 'light', before } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const errors = collectErrors(page);
      await before?.(page);
      await page.goto(`${server.url}${path}${hash}`);
      return { page, errors, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Everything that went wrong on a page, as it grows. */
export function collectErrors(page) {
  const errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return errors;
}

/** How far the page can be scrolled sideways; 0 is as it should be. */
export function sidewaysScroll(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
