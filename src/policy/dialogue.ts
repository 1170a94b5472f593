/**
 * The compact spelling of UserRL's tool protocol, for small models that do not speak JSON:
 *
 *   <bos> <user> opening <end> <agent>  <action> words <end>  <user> reply <end> <agent>  <action> ...
 *
 * What the policy writes lies between <agent> and <end>, the <end> included; everything else is given to it
 * and carries no loss. A turn is a call if it begins with one of the three operations and holds at least one
 * word; words without an operation are plain text, which ends the episode as in UserRL; anything else is
 * malformed and ends it too.
 */
import type { Operation, ToolCall } from '../gyms/types';
import type { PolicyTokenizer } from './tokenizer';

export type ParsedTurn =
  | { readonly kind: 'call'; readonly call: ToolCall }
  | { readonly kind: 'plain-text'; readonly text: string }
  | { readonly kind: 'malformed'; readonly text: string };

export class Dialogue {
  readonly #operations: ReadonlyMap<number, Operation>;
  readonly #control: ReadonlySet<number>;

  constructor(readonly tokenizer: PolicyTokenizer) {
    const { special } = tokenizer;
    this.#operations = new Map([
      [special.action, 'action'],
      [special.search, 'search'],
      [special.answer, 'answer'],
    ]);
    // An unknown word is a word: it may be said, it just cannot be told apart from other unknown words.
    this.#control = new Set(
      Object.entries(special).flatMap(([name, id]) => (name === 'unknown' ? [] : [id])),
    );
  }

  /** The user's first words, up to and including the place where the policy begins. */
  opening(text: string): number[] {
    return [this.tokenizer.special.begin, ...this.reply(text)];
  }

  /** A user's turn, up to and including the place where the policy goes on. */
  reply(text: string): number[] {
    const { user, end, agent } = this.tokenizer.special;
    return [user, ...this.#words(text), end, agent];
  }

  /** A turn of the policy, as a demonstrator spells it; `null` gives up in plain words. */
  turn(call: ToolCall | null): number[] {
    const { special } = this.tokenizer;
    if (!call) return [...this.#words(FAREWELL), special.end];
    return [special[call.choice], ...this.#words(call.content), special.end];
  }

  /** What the sampled ids of one turn (up to its <end>, if there is one) say. */
  parse(ids: readonly number[]): ParsedTurn {
    const { end } = this.tokenizer.special;
    const finished = ids.at(-1) === end;
    const body = finished ? ids.slice(0, -1) : ids;
    const operation = this.#operations.get(body[0] ?? -1);
    const words = operation ? body.slice(1) : body;
    const text = this.tokenizer.decode(words);
    if (!finished || words.length === 0 || words.some((id) => this.#control.has(id)))
      return { kind: 'malformed', text: this.tokenizer.decode(ids) };
    return operation
      ? { kind: 'call', call: { choice: operation, content: text } }
      : { kind: 'plain-text', text };
  }

  /** Words only: a control token spelled out in a text must not become one. */
  #words(text: string): number[] {
    return this.tokenizer
      .encode(text)
      .map((id) => (this.#control.has(id) ? this.tokenizer.special.unknown : id));
  }
}

/** How a demonstrator that gives up says so, without calling the tool. */
export const FAREWELL = 'thank you , that is all .';
