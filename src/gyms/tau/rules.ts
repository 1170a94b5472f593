/**
 * The rules of Tau: serve a customer of a shop. Only the end pays: 1 where the database is as the policy wants it
 * and the customer was told what it had to know, else 0. UserRL (arXiv 2509.19736), TauGym, after tau-bench.
 */
import { TurnLimitedEpisode, type Verdict } from '../episode';
import { splitWords } from '../text';
import type { EpisodeOptions, HiddenFact, Operation, ToolCall } from '../types';
import { readToolUse, readUtterance, tells } from './match';
import { referenceDatabase, referenceFor, type Reference, type RequiredFact } from './policy';
import type { Detail, TauHidden, TauSituation, TauTask } from './types';
import { applyChange, sameDatabase, type Change, type Database, type Order } from './world';

/** tau-bench: all or nothing. */
export const SUCCESS_REWARD = 1;

export interface TauOptions {
  /** Whether `search policy` shows the policy document. In UserRL the agent never sees it. */
  readonly policyShown: boolean;
}

export const TAU_DEFAULTS: TauOptions = { policyShown: true };

/** Action talks to the customer, search asks for tools and policy, answer uses a tool. */
export const TAU_OPERATIONS: readonly Operation[] = ['action', 'search', 'answer'];

export function orderMeant({ database, order }: TauHidden): Order {
  const found = database.find(({ number }) => number === order);
  if (!found) throw new Error(`There is no order ${order}`);
  return found;
}

export const referenceOf = (hidden: TauHidden): Reference => referenceFor(hidden.wish, orderMeant(hidden));

/** Success takes one turn for the change, if there is one, and one to tell the customer. */
export function maximumReturn({ hidden }: TauTask, maxTurns: number): number {
  const needed = referenceOf(hidden).change ? 2 : 1;
  return maxTurns >= needed ? SUCCESS_REWARD : 0;
}

export class TauEpisode extends TurnLimitedEpisode<TauSituation> {
  readonly operations = TAU_OPERATIONS;
  readonly #hidden: TauHidden;
  readonly #reference: Reference;
  readonly #goal: Database;
  readonly #known: Set<Detail>;
  readonly #said = new Set<RequiredFact>();
  #database: Database;
  #toolsListed = false;

  constructor(
    task: TauTask,
    episode: EpisodeOptions,
    private readonly options: TauOptions,
  ) {
    super(task.opening, episode);
    this.#hidden = task.hidden;
    this.#reference = referenceOf(task.hidden);
    this.#goal = referenceDatabase(task.hidden.database, this.#reference);
    this.#known = new Set(task.hidden.stated);
    this.#database = task.hidden.database;
  }

  /** Success is all or nothing; the weights only say what it is made of: half the database, half the facts. */
  hiddenFacts(): HiddenFact[] {
    const { customer, wish } = this.#hidden;
    const { change, facts } = this.#reference;
    const detail = (label: Detail, value: string): HiddenFact => ({
      label,
      value,
      weight: 0,
      found: this.#known.has(label),
    });
    return [
      detail('name', customer),
      detail('item', wish.item),
      ...(wish.colour ? [detail('colour', wish.colour)] : []),
      { label: 'to do', value: describe(change), weight: 0.5, found: this.#databaseIsRight() },
      ...facts.map((fact) => ({
        label: 'to say',
        value: fact.kind === 'refusal' ? 'not possible' : `${fact.value}`,
        weight: 0.5 / facts.length,
        found: this.#said.has(fact),
      })),
    ];
  }

  protected judge({ choice, content }: ToolCall): Verdict<TauSituation> {
    if (choice === 'search') return open(this.#lookUp(content));
    return choice === 'answer' ? this.#useTool(content) : this.#talk(content);
  }

  protected notHeard(): TauSituation {
    return { kind: 'not-heard' };
  }

  #lookUp(query: string): TauSituation {
    const words = splitWords(query);
    if (words.includes('policy') && this.options.policyShown) return { kind: 'policy' };
    if (!words.some((word) => word === 'tools' || word === 'tool')) return { kind: 'search-hint' };
    const kind = this.#toolsListed ? 'tools-again' : 'tools';
    this.#toolsListed = true;
    return { kind };
  }

  #useTool(text: string): Verdict<TauSituation> {
    const use = readToolUse(text);
    if (!use) return open({ kind: 'bad-call' });
    if (use.tool === 'find') return open(this.#find(use.name));
    if (use.tool === 'transfer') return this.#end({ kind: 'transferred' });
    const order = this.#database.find(({ number }) => number === use.order);
    if (!order) return open({ kind: 'no-such-order' });
    this.#database = applyChange(this.#database, use);
    return open({ kind: 'changed', change: use, order });
  }

  #find(name: string | undefined): TauSituation {
    const orders = this.#database.filter(({ owner }) => owner === name);
    return orders.length > 0 ? { kind: 'orders', orders } : { kind: 'no-such-customer' };
  }

  /** The customer goes when it has what it came for, or when the agent takes its leave. */
  #talk(text: string): Verdict<TauSituation> {
    const told = this.#reference.facts.filter((fact) => tells(text, fact) && !this.#said.has(fact));
    for (const fact of told) this.#said.add(fact);
    const { asks, bye } = readUtterance(text);
    if (bye || this.#satisfied()) return this.#end({ kind: 'ends', satisfied: this.#satisfied() });
    const details = asks.filter((detail) => detail !== 'colour' || this.#hidden.wish.colour);
    if (details.length > 0) {
      for (const detail of details) this.#known.add(detail);
      return open({ kind: 'tells', details }, details.join(' '));
    }
    if (asks.length > 0) return open({ kind: 'indifferent' });
    if (told.length > 0) return open({ kind: 'waits' });
    return open({ kind: 'restates-wish', known: [...this.#known] });
  }

  #satisfied(): boolean {
    return this.#databaseIsRight() && this.#reference.facts.every((fact) => this.#said.has(fact));
  }

  #databaseIsRight(): boolean {
    return sameDatabase(this.#database, this.#goal);
  }

  #end(situation: TauSituation): Verdict<TauSituation> {
    const success = this.#satisfied();
    return {
      reward: success ? SUCCESS_REWARD : 0,
      success,
      deadEnd: !success,
      situation,
      events: [{ name: success ? 'solved' : 'not-solved' }],
    };
  }
}

const describe = (change: Change | null): string =>
  change === null
    ? 'nothing'
    : `${change.tool} order ${change.order}${change.tool === 'change' ? ` to ${change.colour}` : ''}`;

function open(situation: TauSituation, subject?: string): Verdict<TauSituation> {
  const name = situation.kind;
  return {
    reward: 0,
    success: false,
    situation,
    events: [subject === undefined ? { name } : { name, subject }],
  };
}
