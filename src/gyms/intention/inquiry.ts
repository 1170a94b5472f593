/** A world of Intention as data: what users may care about, how one asks for it, and what a free text asks for. */
import { Mentions } from '../mentions';
import { recordOf } from '../record';

export interface Aspect {
  /** One canonical question; one wording each, because a small policy loses its way among paraphrases. */
  readonly question: string;
  /** How a reply states the value, which stands for `*`; names the aspect as well. */
  readonly told: readonly [string, string];
  /**
   * Words and phrases that ask for this aspect, beyond its own name. Longer phrases win over shorter ones
   * (see `mentions.ts`), so `how long` may sit here while `long` sits elsewhere.
   */
  readonly phrases: readonly string[];
}

export class Inquiry<Name extends string = string> {
  readonly #mentions: Mentions<string>;

  /** `neutral` are phrases in which a keyword means something else. */
  constructor(
    readonly names: readonly Name[],
    readonly aspects: Readonly<Record<Name, Aspect>>,
    neutral: readonly string[] = [],
  ) {
    this.#mentions = new Mentions<string>({
      ...recordOf<string, readonly string[]>(names, (name) => [name, ...aspects[name as Name].phrases]),
      // No name has a space at its end.
      'neutral ': neutral,
    });
  }

  questionFor(name: Name): string {
    return this.aspects[name].question;
  }

  /** Two details in one breath: within the length of the other questions, since it names them by one word each. */
  compoundQuestion(a: Name, b: Name): string {
    return `what about the ${a} and the ${b} ?`;
  }

  /**
   * The aspects a text asks about, in order of mention, each once. The longest phrase is why "when must it be
   * ready" asks for the deadline and not for the date as well.
   */
  askedIn(text: string): Name[] {
    return this.#mentions.in(text).flatMap(({ name }) => (name === 'neutral ' ? [] : [name as Name]));
  }
}
