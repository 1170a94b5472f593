/**
 * The little TeX that the settings table uses, as a tree of MathML, which every current browser
 * typesets by itself; a full typesetter would weigh more than the rest of the page.
 * Anything it does not know makes the whole formula `null`: better no formula than a wrong one.
 */
export interface MathNode {
  readonly tag:
    | 'mrow'
    | 'mi'
    | 'mn'
    | 'mo'
    | 'mtext'
    | 'mspace'
    | 'mfrac'
    | 'msub'
    | 'msup'
    | 'msubsup'
    | 'munder'
    | 'mstyle';
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: string | readonly MathNode[];
}

const LETTERS: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  epsilon: 'ϵ',
  ell: 'ℓ',
  lambda: 'λ',
  mu: 'μ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  theta: 'θ',
};
const OPERATORS: Readonly<Record<string, string>> = {
  ge: '≥',
  le: '≤',
  propto: '∝',
  cdot: '·',
  '|': '∥',
  times: '×',
  in: '∈',
  to: '→',
};
const NAMES = ['max', 'min', 'log', 'exp'];
const SPACES: Readonly<Record<string, string>> = { ',': '0.17em', ';': '0.28em', ' ': '0.25em', quad: '1em' };

class UnknownTex extends Error {}

const make = (
  tag: MathNode['tag'],
  children: MathNode['children'],
  attributes: MathNode['attributes'] = {},
): MathNode => ({ tag, attributes, children });
const row = (children: readonly MathNode[]): MathNode =>
  children.length === 1 && children[0] ? children[0] : make('mrow', children);

export function parseTex(tex: string): MathNode | null {
  try {
    return new Parser(tex).all();
  } catch (error) {
    if (error instanceof UnknownTex) return null;
    throw error;
  }
}

class Parser {
  readonly #tokens: string[];
  #at = 0;

  constructor(tex: string) {
    // Text keeps its spaces, so it is one token; elsewhere spaces mean nothing.
    this.#tokens = tex.match(/\\(?:text|mathrm)\{[^{}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S/g) ?? [];
  }

  all(): MathNode {
    const nodes = this.#until(() => this.#at >= this.#tokens.length);
    return make('mrow', nodes);
  }

  #until(done: () => boolean): MathNode[] {
    const nodes: MathNode[] = [];
    while (!done()) nodes.push(this.#scripted());
    return nodes;
  }

  /** An atom with what hangs below and above it. */
  #scripted(): MathNode {
    const isSum = this.#tokens[this.#at] === '\\sum';
    const base = this.#atom();
    let sub: MathNode | null = null;
    let sup: MathNode | null = null;
    for (;;) {
      if (this.#take('_')) sub = this.#argument();
      else if (this.#take('^')) sup = this.#argument();
      else break;
    }
    if (sub && sup) return make('msubsup', [base, sub, sup]);
    if (sub) return make(isSum ? 'munder' : 'msub', [base, sub]);
    return sup ? make('msup', [base, sup]) : base;
  }

  #argument(): MathNode {
    const token = this.#peek();
    if (/^\d\d+$/.test(token)) {
      // \frac12 is one half: without braces an argument is one sign, and the rest is left for the next.
      this.#tokens[this.#at] = token.slice(1);
      return make('mn', token.slice(0, 1));
    }
    if (!this.#take('{')) return this.#atom();
    const nodes = this.#until(() => this.#peek() === '}');
    this.#at++;
    return row(nodes);
  }

  #atom(): MathNode {
    const token = this.#peek();
    const before = this.#tokens[this.#at - 1] ?? '';
    if (token === '{') return this.#argument();
    this.#at++;
    if (token.startsWith('\\')) return this.#command(token.slice(1));
    if (/^\d/.test(token)) return make('mn', token);
    if (/^[A-Za-z]$/.test(token)) return make('mi', token);
    if (token === '-' || token === '+') {
      // A sign stands close to what it belongs to, an operation keeps its distance.
      const isSign = /^$|^[([{,=]$|^\\[,; ]$/.test(before);
      return make('mo', token === '-' ? '−' : '+', isSign ? { form: 'prefix' } : {});
    }
    if (/^[=()[\]<>/,;:|!]$/.test(token)) return make('mo', token);
    throw new UnknownTex(token);
  }

  #command(name: string): MathNode {
    const worded = /^(text|mathrm)\{([^{}]*)\}$/.exec(name);
    if (worded?.[1] === 'text') return make('mtext', (worded[2] ?? '').replace(/^ | $/g, '\u00a0'));
    if (worded) return make('mi', worded[2] ?? '', { mathvariant: 'normal' });
    if (name === 'frac' || name === 'tfrac') return this.#fraction(name === 'tfrac');
    if (name === 'left' || name === 'right') return this.#stretchy();
    if (name === 'sum') return make('mo', '∑', { movablelimits: 'false' });
    if (NAMES.includes(name)) return make('mi', name, { mathvariant: 'normal' });
    const letter = LETTERS[name];
    if (letter) return make('mi', letter);
    const operator = OPERATORS[name];
    if (operator) return make('mo', operator);
    const space = SPACES[name];
    if (space) return make('mspace', '', { width: space });
    throw new UnknownTex(name);
  }

  #fraction(small: boolean): MathNode {
    const fraction = make('mfrac', [this.#argument(), this.#argument()]);
    return make('mstyle', [fraction], { displaystyle: small ? 'false' : 'true' });
  }

  #stretchy(): MathNode {
    const fence = this.#peek();
    this.#at++;
    return make('mo', fence, { stretchy: 'true' });
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #peek(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new UnknownTex('the formula ends too early');
    return token;
  }
}
