/** Which stored runs belong together, and which are compared. */
import { DEFAULT_SETTINGS, SETTING_KEYS } from '../../runs/settings';
import { ARMS, type Arm, type StoredRun } from '../../runs/stored-run';
import { differences } from './differences';

/** Runs that differ in nothing but their seed. */
export interface Group {
  readonly key: string;
  /** What is special about it: where it leaves the defaults, and what was done to it on the way. */
  readonly title: string;
  /** By seed. */
  readonly runs: readonly StoredRun[];
}

/** Ids of the runs on either side. */
export type Sides = Readonly<Record<Arm, readonly string[]>>;
export type RunsOfSides = Readonly<Record<Arm, readonly StoredRun[]>>;

export function groupKey({ settings, changes, coldStart }: StoredRun): string {
  const values = SETTING_KEYS.filter((key) => key !== 'seed').map((key) => settings[key]);
  return JSON.stringify([values, changes, coldStart]);
}

/** In the order in which their first runs come. */
export function groupRuns(runs: readonly StoredRun[]): Group[] {
  const groups = new Map<string, StoredRun[]>();
  for (const run of runs) {
    const key = groupKey(run);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups].map(([key, members]) => ({
    key,
    title: titleOf(members[0]!),
    runs: members.toSorted((a, b) => a.settings.seed - b.settings.seed || a.when.localeCompare(b.when)),
  }));
}

function titleOf({ settings, changes, coldStart }: StoredRun): string {
  const parts = differences(DEFAULT_SETTINGS, settings).map(({ label, b }) => `${label}: ${b}`);
  if (coldStart > 0) parts.push(`${coldStart} cold-start updates`);
  if (changes.length > 0)
    parts.push(`settings changed after step ${changes.map(({ step }) => step).join(', ')}`);
  return parts.length > 0 ? parts.join(', ') : 'all at default';
}

/**
 * What to show until somebody chooses: the experiment made last; without one, the two kinds of runs made last.
 * `runs` come newest first.
 */
export function latestSides(runs: readonly StoredRun[]): Sides {
  const experiment = runs.find((run) => run.experiment)?.experiment?.id;
  if (experiment !== undefined) return sidesOf(runs, experiment);
  const [a, b] = groupRuns(runs);
  return { a: idsOf(a?.runs ?? []), b: idsOf(b?.runs ?? []) };
}

export function sidesOf(runs: readonly StoredRun[], experiment: string): Sides {
  const members = runs.filter((run) => run.experiment?.id === experiment);
  const of = (arm: Arm): string[] => idsOf(members.filter((run) => run.experiment?.arm === arm));
  return { a: of('a'), b: of('b') };
}

const idsOf = (runs: readonly StoredRun[]): string[] => runs.map(({ id }) => id);

/** Puts runs on a side, in the place of those that were there; what was on the other side leaves it. */
export function placed(sides: Sides, ids: readonly string[], arm: Arm): Sides {
  const other = arm === 'a' ? 'b' : 'a';
  const rest = sides[other].filter((id) => !ids.includes(id));
  return arm === 'a' ? { a: ids, b: rest } : { a: rest, b: ids };
}

/** One run onto a side, or off it. */
export function toggled(sides: Sides, id: string, arm: Arm): Sides {
  const without = (side: readonly string[]): string[] => side.filter((one) => one !== id);
  const was = sides[arm].includes(id);
  const next = { a: without(sides.a), b: without(sides.b) };
  return was ? next : { ...next, [arm]: [...next[arm], id] };
}

export function runsOf(sides: Sides, runs: readonly StoredRun[]): RunsOfSides {
  const of = (arm: Arm): StoredRun[] =>
    runs.filter(({ id }) => sides[arm].includes(id)).toSorted((a, b) => a.settings.seed - b.settings.seed);
  return { a: of('a'), b: of('b') };
}

export interface SideNames {
  /** For a line's end: "A" or, where a single setting differs, "A sum". */
  readonly short: Readonly<Record<Arm, string>>;
  /** What differs between the sides, each "label: a → b". */
  readonly differ: readonly string[];
}

export function nameSides({ a, b }: RunsOfSides): SideNames {
  const plain = { a: 'A', b: 'B' };
  const [first, second] = [a[0], b[0]];
  if (!first || !second) return { short: plain, differ: [] };
  const found = differences(first.settings, second.settings);
  const differ = found.map(({ label, a: from, b: to }) => `${label}: ${from} → ${to}`);
  if (first.coldStart !== second.coldStart)
    differ.push(`cold-start updates: ${first.coldStart} → ${second.coldStart}`);
  const [only] = found;
  const short = found.length === 1 && only ? { a: `A ${only.a}`, b: `B ${only.b}` } : plain;
  return { short, differ };
}

/** What stands in the way of a fair reading, in words. */
export function cautions(sides: RunsOfSides): string[] {
  const found: string[] = [];
  for (const arm of ARMS) {
    const kinds = new Set(sides[arm].map(groupKey));
    if (kinds.size > 1)
      found.push(
        `The runs of ${arm.toUpperCase()} do not all have the same settings, so their band shows more than chance.`,
      );
    if (sides[arm].some(({ changes }) => changes.length > 0))
      found.push(`Settings of ${arm.toUpperCase()} were changed while it trained.`);
  }
  const gyms = new Set(
    [...sides.a, ...sides.b].map(({ settings }) => `${settings.gym} ${settings.difficulty}`),
  );
  if (gyms.size > 1) found.push('The two play different tasks, so their scores are not the same thing.');
  return found;
}
