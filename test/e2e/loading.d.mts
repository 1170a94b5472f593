import type { Browser } from 'playwright-core';

export interface Visit {
  readonly firstPaint: number;
  readonly interactive: number;
  readonly scriptBytes: number;
  readonly recordingBytes: number;
  readonly longestTask: number;
}
export function visit(browser: Browser, url: string): Promise<Visit>;
export function median(values: readonly number[]): number;
