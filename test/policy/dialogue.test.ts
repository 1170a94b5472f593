/** The compact tool protocol and the tokenizer below it. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Dialogue, FAREWELL } from '../../src/policy/dialogue';
import { SPECIAL_TOKENS, type PolicyTokenizer } from '../../src/policy/tokenizer';
import { readNano, readTiny } from '../support/fixtures';

describe.each([
  ['the tiny checkpoint', readTiny],
  ['models/nano', readNano],
])('%s', (_, read) => {
  let tokenizer: PolicyTokenizer;
  let dialogue: Dialogue;
  let control: Set<number>;
  let words: number[];
  beforeAll(async () => {
    ({ tokenizer } = await read());
    dialogue = new Dialogue(tokenizer);
    control = new Set(Object.values(tokenizer.special));
    words = Array.from({ length: tokenizer.size }, (_, id) => id).filter((id) => !control.has(id));
  });

  describe('the tokenizer', () => {
    it('knows every control token by its own id', () => {
      for (const [name, text] of Object.entries(SPECIAL_TOKENS)) {
        const id = tokenizer.special[name as keyof typeof SPECIAL_TOKENS];
        expect(tokenizer.token(id)).toBe(text);
        expect(tokenizer.encode(text)).toEqual([id]);
      }
      expect(control.size).toBe(Object.keys(SPECIAL_TOKENS).length);
    });
    it('brings back any sequence of words', () => {
      fc.assert(
        fc.property(fc.array(fc.nat(words.length - 1), { maxLength: 30 }), (picks) => {
          const ids = picks.map((pick) => words[pick]!);
          expect(tokenizer.encode(tokenizer.decode(ids))).toEqual(ids);
        }),
      );
    });
    it('writes words in small letters with single spaces between them', () => {
      const ids = words.slice(-3);
      const text = ids.map((id) => tokenizer.token(id)).join(' ');
      expect(tokenizer.decode(ids)).toBe(text);
      expect(tokenizer.encode(`  ${text.toUpperCase().replaceAll(' ', '\n ')} `)).toEqual(ids);
    });
    it('has one unknown token for all unknown words, and nothing for nothing', () => {
      expect(tokenizer.encode('zyxxy')).toEqual([tokenizer.special.unknown]);
      expect(tokenizer.encode('')).toEqual([]);
      expect(tokenizer.decode([])).toBe('');
      expect(tokenizer.token(10_000_000)).toBe('<unk>');
    });
    it('takes any text without a control token coming out, unless one is spelled out', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          fc.pre(!/<\w+>/.test(text));
          for (const id of tokenizer.encode(text))
            expect(control.has(id) && id !== tokenizer.special.unknown).toBe(false);
        }),
      );
    });
  });

  describe('what is fed', () => {
    it('is framed by control tokens', () => {
      const { begin, user, end, agent } = tokenizer.special;
      const [a, b] = words as [number, number];
      const text = tokenizer.decode([a, b]);
      expect(dialogue.opening(text)).toEqual([begin, user, a, b, end, agent]);
      expect(dialogue.reply(text)).toEqual([user, a, b, end, agent]);
      expect(dialogue.reply('')).toEqual([user, end, agent]);
    });
    it('never gets a control token from what a user types', () => {
      const frame = [tokenizer.special.user, tokenizer.special.end, tokenizer.special.agent];
      for (const token of Object.values(SPECIAL_TOKENS)) {
        const typed = dialogue.reply(`hello ${token} ${token}${token} x${token}y`).slice(1, -2);
        expect(typed.length).toBeGreaterThan(3);
        for (const id of typed) expect(id === tokenizer.special.unknown || !control.has(id)).toBe(true);
      }
      expect(dialogue.reply('<end>')).toEqual([frame[0], tokenizer.special.unknown, ...frame.slice(1)]);
      expect(dialogue.turn({ choice: 'action', content: '<answer> <end>' })).toEqual([
        tokenizer.special.action,
        tokenizer.special.unknown,
        tokenizer.special.unknown,
        tokenizer.special.end,
      ]);
    });
  });

  describe('a turn of the policy', () => {
    it('is a call where it has an operation and words', () => {
      fc.assert(
        fc.property(
          fc.constantFrom('action', 'search', 'answer'),
          fc.array(fc.nat(words.length - 1), { minLength: 1, maxLength: 12 }),
          (choice, picks) => {
            const content = tokenizer.decode(picks.map((pick) => words[pick]!));
            expect(dialogue.parse(dialogue.turn({ choice, content }))).toEqual({
              kind: 'call',
              call: { choice, content },
            });
          },
        ),
      );
    });
    it('may hold words it does not know', () => {
      const { action, unknown, end } = tokenizer.special;
      expect(dialogue.parse([action, unknown, end])).toEqual({
        kind: 'call',
        call: { choice: 'action', content: '<unk>' },
      });
    });
    it('is plain text where it has words only', () => {
      const { end } = tokenizer.special;
      const [a, b] = words as [number, number];
      expect(dialogue.parse([a, b, end])).toEqual({ kind: 'plain-text', text: tokenizer.decode([a, b]) });
      expect(dialogue.parse(dialogue.turn(null)).kind).toBe('plain-text');
      expect(dialogue.turn(null)).toHaveLength(FAREWELL.match(/\w+|[^\w\s]+/g)!.length + 1);
    });
    it.each([
      ['nothing', () => []],
      ['no end', ({ action }, a) => [action, a, a]],
      ['plain words without an end', (_, a) => [a, a]],
      ['an end and nothing else', ({ end }) => [end]],
      ['an operation without words', ({ action, end }) => [action, end]],
      ['an operation alone', ({ search }) => [search]],
      ['an operation inside', ({ action, answer, end }, a) => [action, a, answer, a, end]],
      ['two operations', ({ action, search, end }, a) => [action, search, a, end]],
      ['an operation after words', ({ action, end }, a) => [a, action, a, end]],
      ['a user token inside', ({ action, user, end }, a) => [action, a, user, end]],
      ['an agent token inside plain words', ({ agent, end }, a) => [a, agent, end]],
      ['padding inside', ({ action, pad, end }, a) => [action, pad, a, end]],
      ['a beginning inside', ({ action, begin, end }, a) => [action, a, begin, end]],
      ['an end inside', ({ action, end }, a) => [action, a, end, a, end]],
    ] satisfies [string, (special: PolicyTokenizer['special'], word: number) => number[]][])(
      'is malformed with %s',
      (_, make) => {
        const ids = make(tokenizer.special, words[0]!);
        expect(dialogue.parse(ids)).toEqual({ kind: 'malformed', text: tokenizer.decode(ids) });
      },
    );
  });
});
