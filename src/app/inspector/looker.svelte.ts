/** Asks for what is behind the rollout that is on show, and keeps the answer while it is. */
import type { Inspection } from '../../runs/inspection';
import type { Outcome } from '../../worker/protocol';

export interface Place {
  readonly step: number;
  readonly group: number;
  readonly rollout: number;
}

export type Look =
  | { readonly kind: 'asking' }
  | { readonly kind: 'there'; readonly inspection: Inspection }
  /** `why` is written for the person at the page. */
  | { readonly kind: 'absent'; readonly why: string };

/** Where inspections come from: the engine of a live run, or what a recording carries. Never rejects. */
export type InspectionSource = (place: Place) => Promise<Look>;

/** The engine's answer as a look. */
export function lookOf(outcome: Outcome<Inspection | null>): Look {
  if (outcome.kind === 'completed' && outcome.value) return { kind: 'there', inspection: outcome.value };
  if (outcome.kind === 'failed') return { kind: 'absent', why: outcome.failure.message };
  return {
    kind: 'absent',
    why: 'The engine remembers only the last few steps, and this one is gone. Follow the run and choose again.',
  };
}

/** What a page without any source has to say. */
export const NOT_RECORDED: Look = {
  kind: 'absent',
  why: 'What the policy made of each token was not recorded. Train it yourself to see that too.',
};

export class Looker {
  look = $state.raw<Look | null>(null);
  #place: Place | null = null;

  /** Nothing is on show that could be asked about. */
  clear(): void {
    this.#place = null;
    this.look = null;
  }

  async at(place: Place, source: InspectionSource | undefined): Promise<void> {
    if (this.#place && same(this.#place, place)) return;
    this.#place = place;
    this.look = source ? { kind: 'asking' } : NOT_RECORDED;
    const look = await source?.(place);
    // Somebody may have gone on meanwhile; what is on show then is not this.
    if (look && this.#place === place) this.look = look;
  }
}

const same = (a: Place, b: Place): boolean =>
  a.step === b.step && a.group === b.group && a.rollout === b.rollout;
