/**
 * Pictures of the page during a scripted run, into test/artifacts/: both themes, desk and phone.
 *
 *   node test/app/look.mjs [name …]      (names as below; all without)
 */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createServer } from 'vite';
import { collectErrors, launch, sidewaysScroll } from '../e2e/page.mjs';

const root = resolve(import.meta.dirname, '../..');
const out = resolve(root, 'test/artifacts');
const wide = { width: 1440, height: 900 };
const phone = { width: 360, height: 800 };

const PICTURES = [
  { name: 'wide-light', ...wide, colorScheme: 'light', steps: 40, full: true },
  { name: 'wide-dark', ...wide, colorScheme: 'dark', steps: 40, full: true },
  { name: 'phone-light', ...phone, colorScheme: 'light', steps: 40, full: true },
  { name: 'phone-dark', ...phone, colorScheme: 'dark', steps: 40, full: true },
  { name: 'empty-light', ...wide, colorScheme: 'light', steps: 0 },
  { name: 'middle-light', width: 1024, height: 768, colorScheme: 'light', steps: 25, full: true },
  {
    name: 'cold-start-dark',
    ...wide,
    colorScheme: 'dark',
    steps: 0,
    coldStart: true,
    hash: '#v=1&checkpoint=nano-base&sftSteps=60',
  },
  {
    name: 'notices-light',
    ...wide,
    colorScheme: 'light',
    steps: 0,
    query: 'fails=1',
    hash: '#v=1&gropSize=4&gamma=7',
  },
  {
    name: 'settings-light',
    ...wide,
    colorScheme: 'light',
    steps: 8,
    settings: true,
    full: true,
    hash: '#v=1&gamma=0.9&turnMethod=r2g&rewardTerms=right:0.2,repeated:-0.2',
  },
  ...['light', 'dark'].flatMap((colorScheme) =>
    Object.entries({ wide, phone }).flatMap(([view, size]) => [
      { name: `lessons-${view}-${colorScheme}`, ...size, colorScheme, hash: '#view=lessons', full: true },
      ...['rollout', 'group-mean', 'score', 'shaping', 'users'].map((lesson) => ({
        name: `lesson-${lesson}-${view}-${colorScheme}`,
        ...size,
        colorScheme,
        lesson,
        hash: `#view=lessons&lesson=${lesson}`,
        full: true,
      })),
      {
        name: `lesson-before-${view}-${colorScheme}`,
        ...size,
        colorScheme,
        hash: '#view=lessons&lesson=clip',
        full: true,
      },
      {
        name: `embed-${view}-${colorScheme}`,
        ...size,
        colorScheme,
        steps: 6,
        hash: '#embed=1&hide=settings,curves',
        full: true,
      },
    ]),
  ),
  { name: 'workbench-empty-light', ...wide, colorScheme: 'light', steps: 0, place: 'Workbench' },
  ...['light', 'dark'].flatMap((colorScheme) =>
    Object.entries({ wide, phone }).map(([view, size]) => ({
      name: `workbench-${view}-${colorScheme}`,
      ...size,
      colorScheme,
      steps: 6,
      place: 'Workbench',
      tries: true,
      full: true,
    })),
  ),
  ...['light', 'dark'].flatMap((colorScheme) =>
    Object.entries({ wide, phone }).flatMap(([view, size]) => [
      { name: `evaluation-${view}-${colorScheme}`, ...size, colorScheme, steps: 20, compare: true },
      {
        name: `evaluation-all-${view}-${colorScheme}`,
        ...size,
        colorScheme,
        steps: 20,
        compare: true,
        hash: '#v=1&gym=all',
      },
    ]),
  ),
  ...['light', 'dark'].flatMap((colorScheme) =>
    Object.entries({ wide, phone }).flatMap(([view, size]) =>
      ['intention', 'telepathy', 'tau', 'search'].map((gym) => ({
        name: `talk-${gym}-${view}-${colorScheme}`,
        ...size,
        colorScheme,
        steps: 2,
        talk: gym,
      })),
    ),
  ),
  ...['light', 'dark'].flatMap((colorScheme) =>
    Object.entries({ wide, phone }).flatMap(([view, size]) => [
      { name: `compiling-${view}-${colorScheme}`, ...size, colorScheme, steps: 0, compiling: true },
      { name: `badge-${view}-${colorScheme}`, ...size, colorScheme, steps: 3, badge: true },
    ]),
  ),
];

for (const colorScheme of ['light', 'dark']) {
  for (const [view, size] of Object.entries({ wide, phone })) {
    for (const inspect of ['token', 'turn'])
      PICTURES.push({
        name: `inspector-${inspect}-${view}-${colorScheme}`,
        ...size,
        colorScheme,
        steps: 12,
        inspect,
        full: view === 'wide',
      });
  }
}

const chosen = process.argv.slice(2);
const pictures = PICTURES.filter(({ name }) => chosen.length === 0 || chosen.includes(name));

await mkdir(out, { recursive: true });
const server = await createServer({
  root,
  configFile: resolve(root, 'vite.config.ts'),
  server: { port: 5199 },
  logLevel: 'error',
});
await server.listen();
// Not the port that was asked for: somebody else may have it.
const base = new URL('test/app/fake/index.html', server.resolvedUrls.local[0]).href;
const browser = await launch();
try {
  for (const picture of pictures) await take(picture);
} finally {
  await browser.close();
  await server.close();
}

async function take({
  name,
  width,
  height,
  colorScheme,
  steps = 0,
  full = false,
  query = '',
  // Names a setting, so that the page opens ready to train; without one it shows the recorded run.
  hash = '#v=1&seed=0',
  coldStart,
  settings,
  compiling,
  badge,
  compare,
  place,
  tries,
  inspect,
  talk,
  lesson,
}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  // Pictures are taken beside other work, too.
  page.setDefaultTimeout(120_000);
  const errors = collectErrors(page);
  // A program takes a tenth of a step; one of a second and a half stays long enough to be photographed.
  await page.goto(`${base}?${compiling ? 'step=1500&programs=40' : 'step=40'}&${query}${hash}`);
  if (lesson) {
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByTestId('said').waitFor({ timeout: 120_000 });
  } else if (hash.includes('view=lessons')) {
    await page.getByRole('heading', { level: 2 }).waitFor();
  } else if (!query) {
    await page.getByTestId('status').getByText('Ready').waitFor();
    if (coldStart) {
      await page.getByRole('button', { name: 'Cold start', exact: true }).click();
      await page.getByTestId('status').getByText('Cold start done').waitFor();
    }
    if (compiling) {
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page
        .getByTestId('status')
        .getByText(/Compiling 1\d of 40 GPU programs…/)
        .waitFor();
    }
    if (steps > 0) {
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.waitForFunction(
        (wanted) =>
          Number(
            /step (\d+)/.exec(document.querySelector('[data-testid=where]')?.textContent ?? '')?.[1] ?? 0,
          ) >= wanted,
        steps,
      );
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByTestId('status').getByText('Paused').waitFor();
    }
    if (steps >= 25) await page.locator('summary', { hasText: 'What the user knows' }).click();
    if (inspect) {
      const turn = page.locator('.conversation ol > li').first();
      if (inspect === 'token') await turn.getByRole('option').nth(1).click();
      else await turn.getByRole('button', { name: /^1\. Policy/ }).click();
      // Formulas are typeset when they come into view.
      await page.locator('.inspector li').first().waitFor();
      for (const line of await page.locator('.inspector li').all()) await line.scrollIntoViewIfNeeded();
      await page.locator('.inspector li').last().locator('.katex').first().waitFor({ state: 'attached' });
      await page.waitForTimeout(400);
    }
    if (settings) {
      for (const title of ['Reward', 'Credit', 'Optimiser'])
        await page.locator('summary').getByText(title, { exact: true }).click();
      await page.locator('#setting-gamma').fill('seven');
      await page.locator('#setting-loraRank').fill('12');
    }
  }
  if (talk) {
    await converse(page, talk, name);
    console.log(name, 'sideways:', await sidewaysScroll(page), 'errors:', errors);
    await context.close();
    return;
  }
  const panel = page.getByRole('region', { name: 'Evaluation' });
  if (compare) {
    await page.getByRole('button', { name: 'Evaluation', exact: true }).click();
    await panel.getByLabel('Terse').check();
    await panel.getByRole('button', { name: 'Compare players' }).click();
    await panel.getByText(/ of \d+ conversations, /).waitFor();
    await panel.screenshot({ path: resolve(out, `${name}-running.png`) });
    await panel.getByRole('table').waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: resolve(out, `${name}.png`), fullPage: true });
    console.log(name, 'sideways:', await sidewaysScroll(page), 'errors:', errors);
    await context.close();
    return;
  }
  if (place) await page.getByRole('button', { name: place, exact: true }).click();
  if (tries) await tryRules(page);
  // Pressing something further down has scrolled the page, and the bar on top sticks.
  if (!inspect) await page.evaluate(() => window.scrollTo(0, 0));
  if (badge) await page.locator('.badge button').click();
  if (!compiling) await page.waitForTimeout(400);
  await page.screenshot({ path: resolve(out, `${name}.png`), fullPage: full });
  console.log(name, 'sideways:', await sidewaysScroll(page), 'errors:', errors);
  await context.close();
}

/** Rules that have consequences: reward-to-go, a penalty, a term, and a reward that is only supposed. */
async function tryRules(page) {
  for (const title of ['What a turn counts for', 'From rewards to advantages']) {
    const section = page.locator('details', { hasText: title });
    if ((await section.getAttribute('open')) === null) await section.locator('summary').first().click();
  }
  await page.getByRole('radio', { name: /^Reward-to-go A turn/ }).check();
  await page.locator('#setting-stepPenalty').fill('0.1');
  await page.getByRole('button', { name: 'Add a term' }).click();
  await page.getByRole('combobox', { name: 'What happens, term 1' }).selectOption('nothing-asked');
  await page.getByRole('spinbutton', { name: /^Weight of/ }).fill('-0.3');
  await page.getByRole('spinbutton', { name: /^What the gym paid for turn 1/ }).fill('0.9');
  await page.locator('summary', { hasText: 'Why is my loss 0?' }).click();
}

/** A conversation in the place of the user: while words are being typed, and at its end. */
async function converse(page, gym, name) {
  const shoot = (part, fullPage = false) =>
    page.screenshot({ path: resolve(out, `${name}-${part}.png`), fullPage });
  await page.getByRole('button', { name: 'Be the user', exact: true }).click();
  const place = page.getByRole('region', { name: 'Be the user' });
  await place.getByLabel('Gym').selectOption(gym);
  await place.getByRole('button', { name: 'Begin' }).click();
  const log = place.getByRole('log');
  const end = place
    .getByText('Turn by turn')
    .or(place.getByText(/^(Solved|Over,|Ran out|Spoke without|Made a call)/))
    .first();
  const reply = place.getByRole('textbox', { name: 'Your reply' });
  const goOn = place.getByRole('button', { name: 'Go on' });
  await log
    .getByText(/^reward/)
    .first()
    .waitFor();
  for (let turn = 0; !(await end.isVisible()); turn++) {
    const answer = reply.or(goOn).or(end).first();
    await answer.waitFor();
    if (turn === 1) {
      if (await reply.isVisible()) {
        await reply.fill('No, my flumph is a surp');
        await place.getByText(/The policy reads/).waitFor();
      }
      await shoot('typing');
      await shoot('typing-full', true);
    }
    const before = await log.getByRole('listitem').count();
    if (await goOn.isVisible()) await goOn.click();
    else if (await reply.isVisible()) await reply.press('Enter');
    await page.waitForFunction(
      (count) =>
        document.querySelectorAll('[role=log] li').length > count || document.querySelector('.result'),
      before,
    );
  }
  const add = place.getByRole('button', { name: 'Add to training' });
  if (await add.isVisible()) {
    await add.click();
    await place.getByText(/group of the next step|does not train on/).waitFor();
  }
  await page.evaluate(() => window.scrollTo(0, 0));
  await shoot('end', true);
}
