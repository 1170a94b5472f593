import type { Browser, Page } from 'playwright-core';

export const DIST: string;
export function launch(args?: string[]): Promise<Browser>;

export interface OpenedPage {
  readonly page: Page;
  readonly errors: readonly string[];
  close(): Promise<void>;
}
export interface OpenOptions {
  hash?: string;
  path?: string;
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  before?: (page: Page) => Promise<unknown>;
}
export interface Site {
  readonly url: string;
  readonly browser: Browser;
  open(options?: OpenOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}
export function site(options?: { args?: string[]; root?: string; isolated?: boolean }): Promise<Site>;
export function collectErrors(page: Page): string[];
export function sidewaysScroll(page: Page): Promise<number>;
