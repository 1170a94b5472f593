/** What `turnwise record` keeps of a run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrom } from '../../src/headless/host';
import { keptSteps, lookedInto, recordRun } from '../../src/headless/record';
import { decodeInspections } from '../../src/runs/inspection';
import type { GroupRecord } from '../../src/runs/record';
import { readRecording, writeRecording } from '../../src/runs/recording';
import { DEFAULT_SETTINGS, type Settings } from '../../src/runs/settings';
import { Session } from '../../src/training/session';
import { group } from '../app/records';
import { onDevice, ROOT } from '../support/device';
import { smallSettings } from '../support/trainers';

const wordsOf = (turns: readonly (readonly { readonly text: string }[])[]): string[][] =>
  turns.map((tokens) => tokens.map(({ text }) => text));

describe('the steps that are kept', () => {
  it('are close together at first, then evenly apart, the first and the last among them', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (total) => {
        const steps = keptSteps(total);
        expect(steps[0]).toBe(1);
        expect(steps.at(-1)).toBe(total);
        expect(steps.length).toBeLessThanOrEqual(15);
        expect([...new Set(steps)].sort((a, b) => a - b)).toEqual(steps);
      }),
    ));
});

describe('the attempts that are looked into', () => {
  it.each<[string, GroupRecord[], ReturnType<typeof lookedInto>]>([
    [
      'the best and the worst at the first task at which they differ',
      [group([1, 1]), group([1, 3, 0, 3])],
      { group: 1, rollouts: [1, 2] },
    ],
    [
      'the first and the last where they are all alike',
      [group([2, 2, 2]), group([0, 0])],
      { group: 0, rollouts: [0, 2] },
    ],
    ['the only one there is', [group([2])], { group: 0, rollouts: [0] }],
    ['none of a step without groups', [], { group: 0, rollouts: [] }],
  ])('are %s', (_, groups, into) => expect(lookedInto(groups)).toEqual(into));
});

describe('a run that is recorded', () => {
  onDevice('wasm');
  const open = (more: Partial<Settings> = {}) =>
    Session.open(
      smallSettings({ maxTurns: 3, evaluateEvery: 3, evaluationEpisodes: 8, tasksPerStep: 6, ...more }),
      (name) => readFrom(join(ROOT, 'models', name)),
    );

  it('is the run that is made without recording, with what was asked for at every step kept', async () => {
    const session = await open();
    const device = { device: 'wasm', detail: '', reason: '' } as const;
    const made = new Date('2026-02-03T23:00:00Z');
    const { recording, inspections } = await recordRun(session, { device, steps: 4, made });
    session.dispose();
    expect(recording.made).toBe('2026-02-03');
    expect(recording.kept.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(recording.looks.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    expect(recording.kept.map(({ groups, tasks }) => [groups.length, tasks])).toEqual(
      recording.kept.map(() => [4, 6]),
    );
    expect(recording.evaluations.map(({ step, decoding }) => `${step} ${decoding}`)).toEqual(
      [0, 3, 4].flatMap((step) => [`${step} sampled`, `${step} greedy`]),
    );
    expect([...new Set(inspections.map(({ step }) => step))]).toEqual([1, 2, 3, 4]);
    for (const { step, group, rollout, turns } of inspections) {
      const { groups } = recording.kept.find((one) => one.step === step)!;
      const played = groups[group]!.rollouts[rollout]!;
      expect(wordsOf(turns)).toEqual(wordsOf(played.turns.map((turn) => turn.tokens)));
    }
    const alone = await open();
    for (const recorded of recording.steps) {
      const { metrics } = await alone.trainStep();
      expect([recorded.score, recorded.policy_loss]).toEqual([metrics.score, metrics.policy_loss]);
    }
    alone.dispose();
    expect((await readRecording(writeRecording(recording))).ok).toBe(true);
  });
});

describe('the run that comes with the page', () => {
  const text = readFileSync(join(ROOT, 'public/recordings/default.json'), 'utf8');
  const tokens = readFileSync(join(ROOT, 'public/recordings/default.tokens.json'), 'utf8');

  it('is of the settings that the page opens with, and the policy learns in it', async () => {
    const parsed = await readRecording(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    const { settings, steps, looks, kept, evaluations, baselines } = parsed.recording;
    expect(settings).toEqual(DEFAULT_SETTINGS);
    const mean = (some: typeof steps) => some.reduce((sum, { score }) => sum + score, 0) / some.length;
    expect(mean(steps.slice(-10))).toBeGreaterThan(mean(steps.slice(0, 10)) + 0.1);
    expect(looks[0]!.step).toBe(0);
    expect(kept.at(-1)!.step).toBe(steps.length);
    expect(evaluations.at(-1)!.step).toBe(steps.length);
    expect(baselines.oracle).toBeGreaterThan(baselines.random);
  });

  it('comes with what is behind some of its tokens, at every step that is kept', async () => {
    const parsed = await readRecording(text);
    const decoded = decodeInspections(tokens);
    if (!parsed.ok) throw new Error(parsed.problem);
    if (!decoded.ok) throw new Error(decoded.problem);
    const { kept } = parsed.recording;
    for (const { step, groups } of kept) {
      const { group, rollouts } = lookedInto(groups);
      const places = decoded.inspections.filter((one) => one.step === step);
      expect(places.map((one) => [one.group, one.rollout]).sort()).toEqual(
        [...rollouts].sort().map((rollout) => [group, rollout]),
      );
    }
    for (const { step, group, rollout, turns } of decoded.inspections) {
      const played = kept.find((one) => one.step === step)!.groups[group]!.rollouts[rollout]!;
      expect(wordsOf(turns)).toEqual(wordsOf(played.turns.map((turn) => turn.tokens)));
    }
  });

  it('is small', () => {
    expect(gzipSync(text).length).toBeLessThan(150_000);
    expect(gzipSync(tokens).length).toBeLessThan(100_000);
  });
});
