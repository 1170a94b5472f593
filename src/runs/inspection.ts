/**
 * What can be seen of one rollout token by token: how likely each word was when it was sampled, in the loss, after the
 * update, under the reference and all along the run. Made by the engine (training/inspect.ts), shown by the page, and
 * kept with a recorded run as a text of its own.
 */
import * as v from 'valibot';
import type { Settings } from './settings';
import { parseSettings } from './validate';

/** A word that could have stood in a token's place, with its probability before and after the step. */
export interface Alternative {
  readonly text: string;
  readonly before: number;
  readonly now: number;
}

/** Log-probabilities at the sampling temperature, entropies of the whole distribution; both in nats. */
export interface TokenInspection {
  readonly text: string;
  /** When it was sampled. */
  readonly old: number;
  /** When the last gradient of the step was taken; differs from `old` from the second inner epoch on. */
  readonly update: number;
  /** After the step. */
  readonly now: number;
  /** Under the reference policy. */
  readonly reference: number;
  readonly updateEntropy: number;
  readonly nowEntropy: number;
  /** The likeliest words before or after the step, likeliest after it first. */
  readonly alternatives: readonly Alternative[];
  /** Probability of the token after each of `Inspection.steps`. */
  readonly history: readonly number[];
}

/** One rollout of one step. */
export interface Inspection {
  readonly step: number;
  /** Place of the group within the step and of the rollout within the group, from 0. */
  readonly group: number;
  readonly rollout: number;
  /** The settings the step was made with. */
  readonly settings: Settings;
  /** What each token of the rollout weighs in the loss of the batch (`tokenWeights`). */
  readonly weight: number;
  /** Steps, ascending, after which a policy is remembered; 0 is the policy that training started from. */
  readonly steps: readonly number[];
  /** The policy's tokens, turn by turn. */
  readonly turns: readonly (readonly TokenInspection[])[];
}

/** Decimals kept of log-probabilities, probabilities and entropies; written as whole numbers, which are shorter. */
const SCALE = { logProb: 1e5, probability: 1e4, entropy: 1e4 } as const;

const VERSION = 1;
const whole = v.pipe(v.number(), v.safeInteger());
const natural = v.pipe(whole, v.minValue(0));
const wholes = v.array(whole);
const naturals = v.array(natural);

/** Columns rather than rows, words as places in one list: what repeats is then next to itself, and packs well. */
const packedSchema = v.object({
  settings: natural,
  step: natural,
  group: natural,
  rollout: natural,
  weight: v.pipe(v.number(), v.finite(), v.minValue(0)),
  steps: naturals,
  /** Tokens of each turn. */
  turns: naturals,
  text: naturals,
  old: wholes,
  update: wholes,
  now: wholes,
  reference: wholes,
  updateEntropy: naturals,
  nowEntropy: naturals,
  /** How many each token has, and all of them one after the other: word, before, now. */
  alternatives: naturals,
  alternative: naturals,
  history: naturals,
});
const fileSchema = v.object({
  version: v.literal(VERSION),
  words: v.array(v.string()),
  /** In full: a recording must not change its meaning when a default does. */
  settings: v.array(v.record(v.string(), v.unknown())),
  inspections: v.array(packedSchema),
});
type Packed = v.InferOutput<typeof packedSchema>;

/** The columns with one entry a token. */
const PER_TOKEN = [
  'text',
  'old',
  'update',
  'now',
  'reference',
  'updateEntropy',
  'nowEntropy',
  'alternatives',
] as const satisfies readonly (keyof Packed)[];

export type DecodedInspections =
  | { readonly ok: true; readonly inspections: readonly Inspection[] }
  | { readonly ok: false; readonly problem: string };

/** The place of a value in a list that grows with what is asked for. */
function placer<T>(list: T[], keyOf: (value: T) => string): (value: T) => number {
  const places = new Map<string, number>();
  return (value) => {
    const key = keyOf(value);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, list.push(value) - 1);
    return list.length - 1;
  };
}

/** One text for any number of inspections, numbers rounded to four or five decimals. About 120 bytes a token, unpacked. */
export function encodeInspections(inspections: readonly Inspection[]): string {
  const words: string[] = [];
  const settings: Settings[] = [];
  const word = placer(words, (text) => text);
  const setting = placer(settings, (value) => JSON.stringify(value));
  const file = {
    version: VERSION,
    words,
    settings,
    inspections: inspections.map((one): Packed => {
      const tokens = one.turns.flat();
      const column = (of: (token: TokenInspection) => number, scale: number) =>
        tokens.map((token) => integer(of(token), scale));
      const { logProb, probability, entropy } = SCALE;
      return {
        settings: setting(one.settings),
        step: one.step,
        group: one.group,
        rollout: one.rollout,
        weight: Number(one.weight.toPrecision(8)),
        steps: [...one.steps],
        turns: one.turns.map(({ length }) => length),
        text: tokens.map(({ text }) => word(text)),
        old: column(({ old }) => old, logProb),
        update: column(({ update }) => update, logProb),
        now: column(({ now }) => now, logProb),
        reference: column(({ reference }) => reference, logProb),
        updateEntropy: column(({ updateEntropy }) => updateEntropy, entropy),
        nowEntropy: column(({ nowEntropy }) => nowEntropy, entropy),
        alternatives: tokens.map(({ alternatives }) => alternatives.length),
        alternative: tokens.flatMap(({ alternatives }) =>
          alternatives.flatMap(({ text, before, now }) => [
            word(text),
            integer(before, probability),
            integer(now, probability),
          ]),
        ),
        history: tokens.flatMap(({ history }) => history.map((one) => integer(one, probability))),
      };
    }),
  };
  return JSON.stringify(file);
}

/** What `encodeInspections` wrote. Anything else is refused, with what is wrong with it. */
export function decodeInspections(text: string): DecodedInspections {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return refuse('they are not JSON');
  }
  const parsed = v.safeParse(fileSchema, input, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return refuse(`${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { words, settings, inspections } = parsed.output;
  const known: Settings[] = [];
  for (const one of settings) {
    const result = parseSettings(one);
    if (!result.ok) return refuse(result.problems.join('; '));
    known.push(result.settings);
  }
  try {
    return { ok: true, inspections: inspections.map((one) => unpack(one, words, known)) };
  } catch (error) {
    if (error instanceof RangeError) return refuse(error.message);
    throw error;
  }
}

const refuse = (why: string): DecodedInspections => ({
  ok: false,
  problem: `The token details of this run cannot be read: ${why}. Train it yourself to see them.`,
});

function unpack(packed: Packed, words: readonly string[], settings: readonly Settings[]): Inspection {
  const { step, group, rollout, weight, steps, turns } = packed;
  const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
  const count = sum(turns);
  for (const name of PER_TOKEN) {
    if (packed[name].length !== count)
      throw new RangeError(`${name} has ${packed[name].length} entries for ${count} tokens`);
  }
  if (packed.alternative.length !== 3 * sum(packed.alternatives))
    throw new RangeError('its alternatives are incomplete');
  if (packed.history.length !== count * steps.length) throw new RangeError('its history is incomplete');
  const { logProb, probability, entropy } = SCALE;
  let at = 0;
  let choice = 0;
  const token = (): TokenInspection => {
    const n = at++;
    const from = choice;
    choice += 3 * packed.alternatives[n]!;
    return {
      text: placed(words, packed.text[n]!),
      old: packed.old[n]! / logProb,
      update: packed.update[n]! / logProb,
      now: packed.now[n]! / logProb,
      reference: packed.reference[n]! / logProb,
      updateEntropy: packed.updateEntropy[n]! / entropy,
      nowEntropy: packed.nowEntropy[n]! / entropy,
      alternatives: Array.from({ length: packed.alternatives[n]! }, (_, i) => ({
        text: placed(words, packed.alternative[from + 3 * i]!),
        before: packed.alternative[from + 3 * i + 1]! / probability,
        now: packed.alternative[from + 3 * i + 2]! / probability,
      })),
      history: packed.history
        .slice(n * steps.length, (n + 1) * steps.length)
        .map((value) => value / probability),
    };
  };
  return {
    step,
    group,
    rollout,
    settings: placed(settings, packed.settings),
    weight,
    steps,
    turns: turns.map((length) => Array.from({ length }, token)),
  };
}

function placed<T>(list: readonly T[], place: number): T {
  const value = list[place];
  if (value === undefined)
    throw new RangeError(`nothing stands in place ${place} of a list of ${list.length}`);
  return value;
}

/** Adding 0 makes -0 an ordinary 0, as JSON does. */
const integer = (value: number, scale: number): number => Math.round(value * scale) + 0;
