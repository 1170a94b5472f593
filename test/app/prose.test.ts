import { describe, expect, it } from 'vitest';
import { prose } from '../../src/app/prose';

describe('prose', () => {
  it('closes up punctuation and begins sentences with a capital', () => {
    expect(prose('what is your budget ?')).toBe('What is your budget?');
    expect(prose('well , i am fine . the date matters .')).toBe('Well, I am fine. The date matters.');
  });

  it('leaves words alone', () => {
    expect(prose('italian dishes')).toBe('Italian dishes');
    expect(prose('')).toBe('');
  });
});
