/**
 * UserRL's Tau tasks: what a customer of a shop or an airline wants, and the tool calls that do it. tau-bench compares
 * databases, which are not in the file; here the task is done when all calls of the reference were made, in any
 * order, and everything that must be said was said. A call of another tool that changes things loses the task.
 */
import * as v from 'valibot';
import { SUCCESS_REWARD } from '../../tau/rules';
import type { ToolCall } from '../../types';
import { isObject } from '../json';
import { action, answer, search, type Game, type Ruling, type UserRlSpec } from './game';

/** Tools whose names begin so only read. */
const READING = /^(get|find|list|search|calculate|think|lookup)/;

const call = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  kwargs: v.optional(v.record(v.string(), v.unknown()), {}),
});
const schema = v.object({
  id: v.union([v.string(), v.number()]),
  obs: v.optional(v.string(), ''),
  info: v.object({
    task: v.object({
      user_id: v.optional(v.string(), ''),
      actions: v.pipe(v.array(call), v.minLength(1)),
      instruction: v.string(),
      outputs: v.optional(v.array(v.string()), []),
    }),
  }),
});
type Item = v.InferOutput<typeof schema>;
type Call = v.InferOutput<typeof call>;

/** The same JSON, whatever the order of the keys. */
function sameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, i) => sameJson(one, b[i]));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
    );
  }
  return a === b;
}

const spelled = ({ name, kwargs }: Call): string => JSON.stringify({ name, arguments: kwargs });

/** `{"name": ..., "arguments": ...}` or `name: {...}`; undefined where it is neither. */
function readCall(content: string): Call | undefined {
  const named = /^\s*(\w+)\s*:\s*(\{.*\})\s*$/s.exec(content);
  try {
    const value: unknown = JSON.parse(named ? named[2]! : content);
    const given = named ? { name: named[1], kwargs: value } : isObject(value) ? value : {};
    const parsed = v.safeParse(call, 'arguments' in given ? { ...given, kwargs: given.arguments } : given);
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

class TauGame implements Game {
  readonly #open: Set<Call>;
  readonly #unsaid: Set<string>;
  #greeted = false;
  #spoilt = false;

  constructor(private readonly item: Item) {
    this.#open = new Set(item.info.task.actions);
    this.#unsaid = new Set(item.info.task.outputs);
  }

  judge({ choice, content }: ToolCall): Ruling {
    switch (choice) {
      case 'search':
        return { reward: 0, event: { name: 'tools' }, text: `Tools: ${this.#tools().join(', ')}.` };
      case 'action':
        return this.#speak(content);
      case 'answer':
        return this.#use(content);
    }
  }

  #tools(): string[] {
    return [...new Set(this.item.info.task.actions.map(({ name }) => name))].sort();
  }

  #speak(content: string): Ruling {
    this.#greeted = true;
    const said = content.toLowerCase().replaceAll(',', '');
    for (const output of this.#unsaid)
      if (said.includes(output.toLowerCase().replaceAll(',', ''))) this.#unsaid.delete(output);
    return this.#outcome('told', this.item.info.task.instruction);
  }

  #use(content: string): Ruling {
    const made = readCall(content);
    if (!made)
      return {
        reward: 0,
        event: { name: 'bad-call' },
        text: 'Write a call as {"name": ..., "arguments": {...}}.',
      };
    for (const open of this.#open) {
      if (open.name !== made.name || !sameJson(open.kwargs, made.kwargs)) continue;
      this.#open.delete(open);
      return this.#outcome('done', 'Done.');
    }
    if (READING.test(made.name)) return this.#outcome('read', 'There is no database here to read from.');
    this.#spoilt = true;
    return this.#outcome('spoilt', 'Done.');
  }

  #outcome(name: string, text: string): Ruling {
    const success = !this.#spoilt && this.#open.size === 0 && this.#unsaid.size === 0;
    return { reward: success ? SUCCESS_REWARD : 0, success, event: { name }, text };
  }

  facts() {
    const { actions } = this.item.info.task;
    return actions.map((one) => ({
      label: one.name,
      value: JSON.stringify(one.kwargs),
      weight: 1 / actions.length,
      found: !this.#open.has(one),
    }));
  }

  expert() {
    const [next] = this.#open;
    const [output] = this.#unsaid;
    if (next) return this.#greeted ? answer(spelled(next)) : action('How can I help you?');
    return output === undefined ? null : action(output);
  }
}

export const tauItems: UserRlSpec<Item> = {
  gym: 'tau',
  operations: ['action', 'search', 'answer'],
  recognises: ({ info, obs }) => obs !== undefined || (isObject(info) && 'task' in info),
  schema,
  opening: ({ obs, info }) => obs || info.task.instruction,
  play: (item) => new TauGame(item),
  wander: ({ info }, random) => {
    const kind = random.next();
    if (kind < 0.3) return search('tools');
    return kind < 0.6 ? action('What can I do for you?') : answer(spelled(random.pick(info.task.actions)));
  },
  // A greeting is no must: the calls and what has to be said are.
  maximumReturn: ({ info: { task } }, maxTurns) =>
    maxTurns >= task.actions.length + (task.outputs.length > 0 ? 1 : 0) ? SUCCESS_REWARD : 0,
};
