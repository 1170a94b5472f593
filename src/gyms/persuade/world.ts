/** What people claim, what they can care about, and who they are: the last says what they are likely to care about. */
interface Value {
  /** How its owner speaks of it. */
  readonly own: string;
  /** The one argument that appeals to it; it fits every claim. */
  readonly argument: string;
  /** Further words by which an argument is recognised. */
  readonly words: readonly string[];
}

export const VALUES = {
  health: {
    own: 'my health',
    argument: 'it is bad for your health .',
    words: ['healthy', 'unhealthy', 'sick', 'ill', 'illness', 'doctor', 'body', 'pain', 'hurt'],
  },
  money: {
    own: 'money',
    argument: 'it costs too much money .',
    words: ['cost', 'costs', 'expensive', 'price', 'pay', 'tax', 'taxes', 'euros', 'afford', 'budget'],
  },
  family: {
    own: 'my family',
    argument: 'your family would not like it .',
    words: ['families', 'children', 'kids', 'child', 'parents', 'mother', 'father', 'wife', 'husband'],
  },
  friends: {
    own: 'my friends',
    argument: 'your friends would not like it .',
    words: ['friend', 'neighbours', 'neighbors', 'guests', 'lonely', 'alone'],
  },
  time: {
    own: 'my time',
    argument: 'it takes too much time .',
    words: ['hours', 'slow', 'long', 'late', 'wait', 'waiting', 'hurry', 'days'],
  },
  nature: {
    own: 'nature',
    argument: 'it is bad for nature .',
    words: ['trees', 'forest', 'environment', 'climate', 'air', 'water', 'pollution', 'energy', 'planet'],
  },
  fun: {
    own: 'fun',
    argument: 'it is no fun .',
    words: ['boring', 'joy', 'enjoy', 'play', 'games', 'laugh', 'happy', 'sad'],
  },
  quiet: {
    own: 'quiet',
    argument: 'we all need some quiet .',
    words: ['noise', 'noisy', 'loud', 'silence', 'peace', 'calm', 'rest'],
  },
  animals: {
    own: 'animals',
    argument: 'it is bad for animals .',
    words: ['animal', 'dogs', 'dog', 'cats', 'cat', 'birds', 'bird', 'pets', 'horses'],
  },
  work: {
    own: 'my work',
    argument: 'you could not work .',
    words: ['job', 'jobs', 'office', 'working', 'boss', 'career', 'business'],
  },
  sleep: {
    own: 'my sleep',
    argument: 'you could not sleep .',
    words: ['sleeping', 'tired', 'night', 'bed', 'awake', 'dream'],
  },
  style: {
    own: 'style',
    argument: 'it has no style .',
    words: ['ugly', 'beauty', 'beautiful', 'look', 'looks', 'fashion', 'colour', 'taste'],
  },
} as const satisfies Record<string, Value>;

export type ValueName = keyof typeof VALUES;
export const VALUE_NAMES = Object.freeze(Object.keys(VALUES) as ValueName[]);

/** Likely to move them, and likely to annoy them. */
export const PERSONAS = {
  student: {
    likes: ['fun', 'friends', 'money', 'sleep', 'style'],
    hates: ['work', 'health'],
  },
  doctor: {
    likes: ['health', 'time', 'sleep', 'work', 'quiet'],
    hates: ['fun', 'style'],
  },
  artist: {
    likes: ['style', 'nature', 'quiet', 'fun', 'friends'],
    hates: ['money', 'time'],
  },
  teacher: {
    likes: ['quiet', 'time', 'work', 'health', 'nature'],
    hates: ['style', 'sleep'],
  },
  mother: {
    likes: ['family', 'health', 'money', 'time', 'animals'],
    hates: ['fun', 'work'],
  },
  gardener: {
    likes: ['nature', 'animals', 'family', 'work', 'friends'],
    hates: ['money', 'sleep'],
  },
} as const satisfies Record<string, { likes: readonly ValueName[]; hates: readonly ValueName[] }>;

export type PersonaName = keyof typeof PERSONAS;
export const PERSONA_NAMES = Object.freeze(Object.keys(PERSONAS) as PersonaName[]);

/** Nothing anybody holds dear. */
export const CLAIMS = [
  'every house must be pink',
  'every school must be open at night',
  'every dinner must be cold',
  'every party must last a week',
  'every city must have a new lake',
  'every wedding must be in winter',
  'every car must be old',
  'every garden must be white',
  'every song must be loud',
  'every movie must be three hours long',
  'every train must go by the sea',
  'every sunday must be a school day',
] as const;

/** From full agreement with one's own claim to full disagreement. UserRL: these seven, in this order. */
export const STANCES = [
  'strongly agree',
  'agree',
  'partly agree',
  'am neutral',
  'partly disagree',
  'disagree',
  'strongly disagree',
] as const;
/** An index of `STANCES`. */
export type Stance = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export const ASK = 'what do you care about ?';
export const askAbout = (value: ValueName): string => `do you care about ${value} ?`;
