/** Links that leave parts of the page out, and links to lessons. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LESSON_NAMES } from '../../src/app/lessons/names';
import { readLink, writeLink } from '../../src/app/link';
import { hiddenParts, PARTS } from '../../src/app/parts';

const hidden = (hash: string): string[] => [...hiddenParts(readLink(hash).other)].sort();

describe('links that leave parts out', () => {
  it('name them in a list', () => {
    expect(hidden('')).toEqual([]);
    expect(hidden('#hide=settings,%20curves')).toEqual(['curves', 'settings']);
    expect(hidden('#embed=1')).toEqual(['footer', 'header', 'nav']);
    expect(hidden('#embed=1&hide=settings')).toEqual(['footer', 'header', 'nav', 'settings']);
    expect(hidden('#embed=0&hide=')).toEqual([]);
  });

  it('are refused in words where they name what is not there', () => {
    expect(readLink('#hide=setings').problems).toEqual([
      'hide names "setings", which is no part of the page; did you mean settings?',
    ]);
    expect(readLink('#embed=yes').problems).toEqual(['embed must be 1 or 0, but got "yes"']);
    expect(hidden('#hide=setings')).toEqual([]);
  });

  it('can be written and read back', () => {
    fc.assert(
      fc.property(fc.subarray([...PARTS]), fc.boolean(), (parts, embed) => {
        const { problems: _, ...plain } = readLink('');
        const other = { hide: parts.join(','), ...(embed && { embed: '1' }) };
        const link = readLink(writeLink({ ...plain, other }));
        expect(link.problems).toEqual([]);
        expect(hiddenParts(link.other)).toEqual(hiddenParts(other));
      }),
    );
  });
});

describe('links to lessons', () => {
  it.each(LESSON_NAMES)('open %s', (name) => {
    expect(readLink(`#view=lessons&lesson=${name}`)).toMatchObject({
      view: 'lessons',
      other: { lesson: name },
      problems: [],
    });
  });

  it('are refused where there is none of that name, with the names there are', () => {
    const [problem] = readLink('#view=lessons&lesson=grps').problems;
    expect(problem).toContain('"grps"');
    expect(problem).toContain('reward-hacking');
  });
});
