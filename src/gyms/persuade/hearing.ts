/** What a person's words mean in Persuade: where they say that they stand, and what they care about. */
import { answerMeaning, explained, meaningOf, mentions, truthIn, type Hearing } from '../hearing';
import { withArticle } from '../text';
import { isPersuadeSituation, type PersuadeSituation, type PersuadeTask } from './types';
import { STANCES, VALUE_NAMES, type ValueName } from './world';

const SITUATIONS: Readonly<Record<PersuadeSituation['kind'], string>> = {
  moved: 'It argued for something you care about, and moves you.',
  unmoved: 'It argued for something you do not care about.',
  annoyed: 'It argued for something you hate, which moves you back.',
  'heard-before': 'It argued what it has argued before: that moves nobody twice.',
  supported: 'It spoke for your claim.',
  tells: 'It asked what you care about.',
  confirms: 'It asked whether you care about something.',
  'no-argument': 'The rules find neither a question nor an argument in this.',
  'not-heard': 'You did not hear it.',
};

/** Longest first, so that "partly agree" is not read as "agree". */
const BY_LENGTH = [...STANCES].sort((a, b) => b.length - a.length);

/** The stance that a text names last: "i did agree , but now i am neutral". */
export function stanceIn(text: string): number | null {
  let rest = text;
  const found = BY_LENGTH.flatMap((stance) => {
    const word = stance.replace(/^am /, '');
    const at = rest.search(new RegExp(`\\b${word}\\b`));
    rest = rest.replace(new RegExp(`\\b${word}\\b`, 'g'), (match) => ' '.repeat(match.length));
    return at < 0 ? [] : [{ at, stance: STANCES.indexOf(stance) }];
  });
  return found.sort((a, b) => b.at - a.at)[0]?.stance ?? null;
}

const named = (text: string): ValueName[] => VALUE_NAMES.filter((name) => mentions(text, name));

/** What one cares about, said by somebody who does: "i care about money", not "i do not care about money". */
const denied = (text: string): boolean => truthIn(text) === 'no' || mentions(text, 'hate');

export const persuadeHearing: Hearing<PersuadeTask> = {
  role({ hidden: { persona, claim } }: PersuadeTask): string {
    return `You are ${withArticle(persona)} and say that ${claim}. Let yourself be moved by what you care about, and say where you stand.`;
  },
  asksPerson: () => true,
  explain: explained(SITUATIONS),
  hear({ hidden: { movers, hated } }, situation, text) {
    if (!isPersuadeSituation(situation)) throw new TypeError(`Not of Persuade: ${situation.kind}`);
    const { kind, value, levels, stance } = situation;
    const said = stanceIn(text);
    const others = named(text).filter((name) => name !== value);
    const secret = (name: ValueName) => movers.some((mover) => mover.value === name) || hated.includes(name);
    const away = others.some(secret);
    if (kind === 'tells' && value) {
      const told = mentions(text, value) && !denied(text);
      const wrong =
        !told && !denied(text) && others.some((name) => !movers.some((one) => one.value === name));
      return meaningOf({ contradicts: wrong, withholds: !told && !away, 'gives-away': away });
    }
    if (kind === 'confirms') return answerMeaning(careIn(text), levels > 0 ? 'yes' : 'no');
    const moves = kind === 'moved' || kind === 'unmoved' || kind === 'annoyed';
    return meaningOf({
      contradicts: said !== null && said !== stance,
      withholds: moves && said === null,
      'gives-away': away,
    });
  },
};

function careIn(text: string): 'yes' | 'no' | null {
  if (denied(text)) return 'no';
  return truthIn(text) === 'yes' || /\b(care|like|love)\b/.test(text) ? 'yes' : null;
}
