/** A run on the built page as a person sees it, with a record of what the engine and the page said to each other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { EngineEvent, FromWorker, Request, ToWorker } from '../../src/worker/protocol';
import { DIST, site, type OpenedPage, type OpenOptions, type Site } from './page.mjs';

export type StepEvent = Extract<EngineEvent, { kind: 'step' }>;
export type SftEvent = Extract<EngineEvent, { kind: 'sftStep' }>;

/** Training steps of well under a second on WASM. */
export const SMALL = 'v=1&tasksPerStep=2&groupSize=4&maxTurns=3&evaluateEvery=0&device=wasm';

/** Patience for a machine that has other things to do. */
export const LONG = 45_000;

export class RunPage {
  readonly page: Page;
  readonly errors: readonly string[];

  constructor(readonly opened: OpenedPage) {
    this.page = opened.page;
    this.errors = opened.errors;
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true }).first();
  }

  press(name: string): Promise<void> {
    return this.button(name).click();
  }

  status(): Locator {
    return this.page.getByTestId('status');
  }

  /** Until the status line says so. */
  says(text: string | RegExp, timeout = LONG): Promise<void> {
    return this.status().getByText(text).waitFor({ timeout });
  }

  ready(): Promise<void> {
    return this.says('Ready');
  }

  banner(title: string | RegExp): Locator {
    return this.page.getByRole('alert').filter({ hasText: title });
  }

  /** The step at which the page says that the run is. */
  async step(): Promise<number> {
    const text = await this.page.getByTestId('where').textContent();
    const found = /step (\d+)/.exec(text ?? '');
    if (!found) throw new Error(`The page names no step: "${text}"`);
    return Number(found[1]);
  }

  async reaches(step: number, timeout = LONG): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => {
        const text = document.querySelector('[data-testid=where]')?.textContent ?? '';
        return Number(/step (\d+)/.exec(text)?.[1] ?? 0) >= wanted;
      },
      step,
      { timeout },
    );
  }

  /** What the badge says when one asks it why. */
  async badge(): Promise<string> {
    const badge = this.page.locator('.badge');
    await badge.getByRole('button').click();
    const text = await badge.innerText();
    await badge.getByRole('button').press('Escape');
    return text;
  }

  /** Types a hash into the address, as a person would. */
  async goTo(hash: string): Promise<void> {
    await this.page.evaluate((typed) => {
      location.hash = typed;
    }, hash);
  }

  async events(): Promise<EngineEvent[]> {
    const messages = await this.page.evaluate(() => window.engineSaid);
    return messages.flatMap((message) => ('event' in message ? [message.event] : []));
  }

  async steps(): Promise<StepEvent[]> {
    return (await this.events()).filter((event) => event.kind === 'step');
  }

  async sftSteps(): Promise<SftEvent[]> {
    return (await this.events()).filter((event) => event.kind === 'sftStep');
  }

  async requests(): Promise<Request[]> {
    return (await this.page.evaluate(() => window.engineWasAsked)).map(({ request }) => request);
  }
}

declare global {
  interface Window {
    engineSaid: FromWorker[];
    engineWasAsked: ToWorker[];
  }
}

/** Notes both directions of every worker's messages; the page itself notices nothing. */
function recordWorkers(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    window.engineSaid = [];
    window.engineWasAsked = [];
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener('message', ({ data }: MessageEvent<FromWorker>) =>
          window.engineSaid.push(data),
        );
      }
      override postMessage(message: ToWorker): void {
        window.engineWasAsked.push(message);
        super.postMessage(message);
      }
    };
  });
}

type OnPage = (options: OpenOptions, test: (run: RunPage) => Promise<void>) => Promise<void>;

/** One browser for a file of tests, and a function that opens the page in it for the length of a test. */
export const browserWith = (...args: string[]): OnPage => browserOn({ args });

/** The same for a site that is served in another way. */
export function browserOn(options: Parameters<typeof site>[0]): OnPage {
  let turnwise: Site;
  beforeAll(async () => {
    if (!existsSync(join(DIST, 'index.html')))
      throw new Error('dist/ is not built; run `npm run build` first.');
    turnwise = await site(options);
  });
  afterAll(() => turnwise?.close());
  return async (options, test) => {
    const opened = await turnwise.open({
      ...options,
      before: async (page) => {
        await recordWorkers(page);
        await options.before?.(page);
      },
    });
    try {
      await test(new RunPage(opened));
    } finally {
      await opened.close();
    }
  };
}
