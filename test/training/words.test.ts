/** A policy is only let into gyms whose words it was taught. */
import { describe, expect, it } from 'vitest';
import { findGym, GYMS } from '../../src/gyms/registry';
import { tokenizerFile } from '../../src/headless/checkpoints/vocabulary';
import { tokenizerConfigFile } from '../../src/headless/checkpoints/vocabulary';
import { CheckpointError } from '../../src/policy/errors';
import { parseTokenizer } from '../../src/policy/tokenizer';
import { SETTINGS } from '../../src/runs/settings';
import { checkWords, unknownWords } from '../../src/training/words';
import { readNano } from '../support/fixtures';

const knowing = (...texts: string[]) => ({
  name: 'pupil',
  tokenizer: parseTokenizer(tokenizerFile(texts).json, tokenizerConfigFile(256)),
});
const failure = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
};

describe('the words of a gym', () => {
  it('are counted one by one', () => {
    const { tokenizer } = knowing('red and blue');
    expect(unknownWords(tokenizer, ['red', 'green', 'Blue', '?'])).toEqual(['green', '?']);
  });

  it('must all be known to the policy', () => {
    const pupil = knowing(...GYMS.tau.vocabulary(), ...GYMS.search.vocabulary());
    expect(() => checkWords(pupil, 'tau')).not.toThrow();
    expect(() => checkWords(pupil, 'search')).not.toThrow();
    const error = failure(() => checkWords(pupil, 'travel'));
    expect(error).toBeInstanceOf(CheckpointError);
    const words = findGym('travel').vocabulary();
    const count = unknownWords(pupil.tokenizer, words).length;
    expect(error).toMatchObject({
      code: 'checkpoint-unfit',
      message: expect.stringContaining(
        `"pupil" does not know ${count} of the ${words.length} words of travel`,
      ),
    });
  });

  it('are known to the policies that come along, whatever gym the page offers', async () => {
    const { tokenizer } = await readNano();
    for (const { value } of SETTINGS.gym.options)
      expect(() => checkWords({ name: 'nano', tokenizer }, value), value).not.toThrow();
  });

  it('count in the gyms held out as well', () => {
    const trained = knowing(
      ...(['travel', 'turtle', 'function', 'tau', 'persuade'] as const).flatMap((name) =>
        GYMS[name].vocabulary(),
      ),
    );
    const error = failure(() => checkWords(trained, 'paper'));
    for (const name of ['intention', 'telepathy', 'search'])
      expect(String(error)).toContain(`words of ${name}`);
    expect(String(error)).not.toContain('travel');
  });
});
