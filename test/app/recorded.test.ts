/** A recorded run in the page: the same state that its events would have left, cut where one stands in it. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { splitAt } from '../../src/app/charts/split';
import { Curves } from '../../src/app/curves';
import { readLink } from '../../src/app/link';
import { mostImproved, watchedStory } from '../../src/app/ranking';
import { describeRecording, loadRecording, recordedInspections, stateOf } from '../../src/app/recorded';
import { encodeInspections, type Inspection } from '../../src/runs/inspection';
import { writeRecording, type Recording } from '../../src/runs/recording';
import { DEFAULT_SETTINGS } from '../../src/runs/settings';
import { evaluation, group, metrics } from './records';

const recording: Recording = {
  made: '2026-01-05',
  settings: DEFAULT_SETTINGS,
  device: { device: 'wasm', detail: 'SIMD, 2 threads', reason: 'asked for' },
  policy: {
    checkpoint: 'nano',
    parameters: 1,
    adapterParameters: 1,
    bytes: 1,
    vocabulary: 1,
    contextLength: 1,
    gyms: ['intention', 'telepathy'],
  },
  baselines: { random: 0.2, oracle: 0.9 },
  steps: [1, 2, 3].map((step) => metrics(step, { score: step / 4 })),
  evaluations: [evaluation(0), evaluation(3)],
  kept: [{ step: 2, tasks: 8, groups: [group([1, 2])] }],
  looks: [
    { step: 0, groups: [group([0, 0]), group([0, 0])] },
    { step: 3, groups: [group([0, 1]), group([2, 2])] },
  ],
};

describe('the state of a recorded run', () => {
  it('holds curves, evaluations, and the conversations that were kept', () => {
    const state = stateOf(recording);
    expect(state).toMatchObject({ step: 3, work: null, failure: null, openedWith: DEFAULT_SETTINGS });
    expect(state.curves.raw('score')).toEqual([0.25, 0.5, 0.75]);
    expect(state.evaluations).toHaveLength(2);
    expect(state.history.keptAt(3)).toMatchObject({ step: 2, tasks: 8 });
    expect(state.history.lookAt(2)?.step).toBe(0);
  });

  it('is told in a sentence', () => {
    expect(describeRecording(recording)).toBe(
      'Intention (a user asks for help but leaves out what matters; ask for it), with the default settings: 3 steps of 8 tasks, each tried 8 times. Made on WASM (SIMD, 2 threads) on 5 January 2026.',
    );
    const other = { ...recording, settings: { ...DEFAULT_SETTINGS, seed: 3, gamma: 0.5 } };
    expect(describeRecording(other)).toMatch(/with 2 settings of its own/);
  });

  it('shows of the watched tasks the one that got better by most', () => {
    expect(mostImproved(recording.looks)).toBe(1);
    expect(mostImproved([])).toBe(0);
    expect(watchedStory(group([0, 2]))).toMatch(
      /^Two attempts at a task that is never trained on: 50\s% .* 100\s% at best/,
    );
  });
});

describe('fetching it', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = (response: () => Promise<Response>) => vi.stubGlobal('fetch', vi.fn(response));

  it('reads what is there', async () => {
    answer(() => Promise.resolve(new Response(writeRecording(recording))));
    const loaded = await loadRecording();
    expect(loaded.ok && loaded.state.step).toBe(3);
  });

  it.each<[string, () => Promise<Response>, RegExp]>([
    [
      'missing',
      () => Promise.resolve(new Response('', { status: 404 })),
      /default\.json is not there \(HTTP 404\)/,
    ],
    ['unreachable', () => Promise.reject(new TypeError('offline')), /could not be fetched/],
    ['a page', () => Promise.resolve(new Response('<!doctype html>')), /not JSON/],
  ])('says why where it is %s', async (_, response, reason) => {
    answer(response);
    const loaded = await loadRecording();
    expect(!loaded.ok && loaded.problem).toMatch(reason);
  });
});

describe('what is behind the tokens of a recorded run', () => {
  afterEach(() => vi.unstubAllGlobals());
  const inspection: Inspection = {
    step: 2,
    group: 1,
    rollout: 3,
    settings: DEFAULT_SETTINGS,
    weight: 0.5,
    steps: [],
    turns: [],
  };
  const serve = (response: () => Promise<Response>) => {
    const fetched = vi.fn(response);
    vi.stubGlobal('fetch', fetched);
    return fetched;
  };

  it('is fetched with the first that is asked for, and only then', async () => {
    const fetched = serve(() => Promise.resolve(new Response(encodeInspections([inspection]))));
    const inspect = recordedInspections();
    expect(fetched).not.toHaveBeenCalled();
    expect(await inspect({ step: 2, group: 1, rollout: 3 })).toEqual({ kind: 'there', inspection });
    await inspect({ step: 2, group: 1, rollout: 3 });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('is not of all attempts, which is said', async () => {
    serve(() => Promise.resolve(new Response(encodeInspections([inspection]))));
    const inspect = recordedInspections();
    expect(await inspect({ step: 2, group: 1, rollout: 0 })).toMatchObject({
      kind: 'absent',
      why: expect.stringContaining('the best and the worst attempt at task 2 of this step') as string,
    });
    expect(await inspect({ step: 9, group: 0, rollout: 0 })).toMatchObject({
      kind: 'absent',
      why: expect.stringMatching(/was not recorded/) as string,
    });
  });

  it('is asked for again where it could not be fetched, and refused where it is no such file', async () => {
    const place = { step: 2, group: 1, rollout: 3 };
    const inspect = recordedInspections();
    serve(() => Promise.reject(new TypeError('offline')));
    expect((await inspect(place)).kind).toBe('absent');
    serve(() => Promise.resolve(new Response(encodeInspections([inspection]))));
    expect((await inspect(place)).kind).toBe('there');
    serve(() => Promise.resolve(new Response('<!doctype html>')));
    expect(await recordedInspections()(place)).toMatchObject({
      why: expect.stringMatching(/cannot be read: they are not JSON/) as string,
    });
  });
});

describe('a curve at a position', () => {
  it('is cut there, and both lines share the point', () => {
    expect(
      splitAt(
        [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, 9],
        ],
        2,
      ),
    ).toEqual([
      [1, 2, 3],
      [4, 5, null],
      [7, 8, null],
      [null, null, 6],
      [null, 8, 9],
    ]);
    const none = [null, null];
    expect(
      splitAt(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        null,
      ),
    ).toEqual([[1, 2], [3, 4], [5, 6], none, none]);
    expect(
      splitAt(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        0,
      ),
    ).toEqual([[1, 2], none, none, [3, 4], [5, 6]]);
    expect(
      splitAt(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        2,
      )[4],
    ).toEqual(none);
  });

  it('has the value that was there last', () => {
    const curves = new Curves(['loss'], ['loss']);
    for (const [step, loss] of [
      [1, 5],
      [2, NaN],
      [4, 3],
    ] as const)
      curves.append(step, { loss });
    expect([0, 1, 2, 3, 4, 9].map((step) => curves.smoothAt('loss', step))).toEqual([null, 5, 5, 5, 3, 3]);
    expect([0, 1, 3, 4].map((step) => curves.indexAt(step))).toEqual([-1, 0, 1, 2]);
  });
});

describe('a link', () => {
  it.each([
    ['', false],
    ['#v=1', false],
    ['#v=1&device=wasm', false],
    ['#v=1&seed=0', true],
    ['#autoplay=1', true],
    ['#v=1&sed=3', true],
  ])('"%s" asks for training: %s', (hash, asks) => {
    expect(readLink(hash).asksToTrain).toBe(asks);
  });
});
