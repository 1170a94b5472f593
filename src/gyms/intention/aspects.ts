/**
 * The aspects a user may care about: how one asks for each, how a user words it, and by which words a question
 * is recognised. Everything is lower case with punctuation as separate words, so that splitting at spaces is
 * the whole tokenizer.
 */
import { Inquiry, type Aspect } from './inquiry';

/** An aspect of this world, whose values are drawn and may stand in an opening. */
interface DrawnAspect extends Aspect {
  readonly values: readonly string[];
  /** How an opening states the value; `*` stands for the value. */
  readonly stated: string;
}

export const ASPECTS = {
  budget: {
    question: 'what is your budget ?',
    values: [
      'very little money',
      'fifty euros',
      'two hundred euros',
      'one thousand euros',
      'ten thousand euros',
    ],
    stated: 'for *',
    told: ['the budget is *', 'my budget is *'],
    phrases: [
      'how big is your budget',
      'how big is the budget',
      'how much money',
      'how much can you',
      'how much do you want to spend',
      'how expensive',
      'money',
      'cost',
      'costs',
      'price',
      'spend',
      'afford',
      'euros',
    ],
  },
  date: {
    question: 'what date do you have in mind ?',
    values: ['this friday', 'next saturday', 'sunday morning', 'tomorrow evening', 'early june'],
    stated: 'for *',
    told: ['the date is *', 'my date is *'],
    phrases: ['what day', 'which day', 'what time', 'when'],
  },
  place: {
    question: 'which place do you have in mind ?',
    values: ['near the lake', 'by the sea', 'in the mountains', 'in the centre', 'in the forest'],
    stated: '*',
    told: ['the place is *', 'my place is *'],
    phrases: ['where', 'location', 'venue', 'which city', 'what city', 'which town'],
  },
  group: {
    question: 'how many people will be there ?',
    values: ['two people', 'four people', 'ten people', 'twenty people', 'fifty people'],
    stated: 'for *',
    told: ['the group is *', 'we are a group of *'],
    phrases: [
      'how many people',
      'how many guests',
      'how many friends',
      'how many persons',
      'how many will',
      'how many are',
      'number of people',
      'number of guests',
      'how big is the group',
      'how big is your group',
      'how large is the group',
      'who will come',
      'who is coming',
      'guests',
      'headcount',
      'attendees',
    ],
  },
  theme: {
    question: 'which theme do you want ?',
    values: ['pirates', 'outer space', 'the jungle', 'old movies', 'fairy tales'],
    stated: 'about *',
    told: ['the theme is *', 'my theme is *'],
    phrases: ['motto', 'topic', 'subject'],
  },
  food: {
    question: 'what kind of food do you like ?',
    values: ['italian dishes', 'indian dishes', 'grilled fish', 'sweet cakes', 'fresh salads'],
    stated: 'with *',
    told: ['the food should be *', 'for food we like *'],
    phrases: ['eat', 'meal', 'meals', 'menu', 'dish', 'dishes', 'cuisine', 'snacks', 'cake'],
  },
  drink: {
    question: 'which drink should there be ?',
    values: ['red wine', 'fruit juice', 'cold beer', 'hot tea', 'sparkling water'],
    stated: 'with *',
    told: ['the drink should be *', 'for the drink : *'],
    phrases: ['drinks', 'beverage', 'beverages', 'wine', 'beer', 'alcohol'],
  },
  music: {
    question: 'what kind of music do you like ?',
    values: ['jazz', 'rock songs', 'quiet piano', 'loud techno', 'folk songs'],
    stated: 'with *',
    told: ['the music should be *', 'for music we like *'],
    phrases: ['song', 'songs', 'playlist', 'band', 'genre', 'dj'],
  },
  duration: {
    question: 'how long should it take ?',
    values: ['one hour', 'half a day', 'two days', 'one week', 'three months'],
    stated: 'lasting *',
    told: ['the duration is *', 'my duration is *'],
    phrases: [
      'how long',
      'how many hours',
      'how many days',
      'how many weeks',
      'how many months',
      'how many nights',
      'how much time',
      'length',
    ],
  },
  age: {
    question: 'how old is the person ?',
    values: ['six years old', 'sixteen years old', 'thirty years old', 'fifty years old', 'eighty years old'],
    stated: 'for someone *',
    told: ['the age is *', 'for the age : *'],
    phrases: ['how old', 'years old', 'ages', 'who is it for'],
  },
  colour: {
    question: 'which colour do you prefer ?',
    values: ['dark blue', 'bright red', 'light green', 'soft pink', 'plain white'],
    stated: 'in *',
    told: ['the colour should be *', 'for colour i like *'],
    phrases: ['color', 'colours', 'colors', 'shade'],
  },
  size: {
    question: 'what size should it be ?',
    values: ['very small', 'rather small', 'medium', 'rather large', 'very large'],
    stated: 'in a * size',
    told: ['the size is *', 'for the size : *'],
    phrases: [
      'how big',
      'how large',
      'how small',
      'how tall',
      'how wide',
      'how heavy',
      'dimensions',
      'big',
      'large',
    ],
  },
  style: {
    question: 'which style do you like ?',
    values: ['modern', 'classic', 'simple', 'playful', 'rustic'],
    stated: 'in a * style',
    told: ['the style is *', 'i like a * style'],
    phrases: ['which look', 'what look', 'look like', 'styles', 'aesthetic'],
  },
  brand: {
    question: 'which brand do you prefer ?',
    values: ['famous', 'local', 'cheap', 'young', 'foreign'],
    stated: 'of a * brand',
    told: ['the brand should be *', 'i like a * brand'],
    phrases: ['brands', 'maker', 'manufacturer'],
  },
  material: {
    question: 'what material should it be ?',
    values: ['wood', 'metal', 'stone', 'leather', 'glass'],
    stated: 'made of *',
    told: ['the material is *', 'for the material : *'],
    phrases: ['materials', 'fabric', 'made of', 'made from', 'made out of'],
  },
  experience: {
    question: 'how much experience do you have ?',
    values: ['no experience', 'little experience', 'some experience', 'much experience'],
    stated: 'with *',
    told: ['i have *', 'so far i have *'],
    phrases: ['experienced', 'beginner', 'level', 'skill', 'skills', 'how good are you'],
  },
  equipment: {
    question: 'what equipment do you have ?',
    values: ['almost nothing', 'basic tools', 'new tools', 'an old set', 'a full set'],
    stated: 'using *',
    told: ['the equipment is *', 'my equipment is *'],
    phrases: ['gear', 'tools', 'tool', 'devices'],
  },
  season: {
    question: 'in which season will it be ?',
    values: ['spring', 'summer', 'autumn', 'winter'],
    stated: 'in *',
    told: ['the season is *', 'my season is *'],
    phrases: ['seasons', 'weather', 'climate', 'time of year', 'what time of year', 'which time of year'],
  },
  transport: {
    question: 'how will you travel there ?',
    values: ['by train', 'by car', 'by bus', 'by plane', 'on foot'],
    stated: 'going *',
    told: ['the transport is *', 'for transport we go *'],
    phrases: [
      'transportation',
      'vehicle',
      'will you travel',
      'do you travel',
      'you want to travel',
      'how do you get',
      'how will you get',
      'get there',
      'by car',
      'by train',
    ],
  },
  diet: {
    question: 'which diet should we respect ?',
    values: ['no meat', 'no nuts', 'no milk', 'no eggs', 'no sugar'],
    stated: 'with *',
    told: ['the diet is *', 'for the diet : *'],
    phrases: [
      'not eat',
      'nobody eat',
      'cannot eat',
      't eat',
      'allowed to eat',
      'allergy',
      'allergies',
      'allergic',
      'dietary',
      'diets',
      'vegetarian',
      'vegan',
      'intolerance',
      'intolerances',
      'gluten',
    ],
  },
  deadline: {
    question: 'when must it be ready ?',
    values: ['friday noon', 'monday night', 'christmas', 'easter', 'the holidays'],
    stated: 'ready by *',
    told: ['the deadline is *', 'my deadline is *'],
    phrases: [
      'when must',
      'due date',
      'when is it due',
      'when do you need',
      'when should it be ready',
      'when should it be done',
      'need it by',
      'by when',
      'how soon',
      'ready',
      'urgent',
    ],
  },
  occasion: {
    question: 'what is the occasion ?',
    values: ['a graduation', 'a reunion', 'an anniversary', 'a farewell', 'a new job'],
    stated: 'for *',
    told: ['the occasion is *', 'my occasion is *'],
    phrases: ['celebrate', 'celebrating', 'which event', 'what event', 'what is the event'],
  },
  decoration: {
    question: 'what decoration do you want ?',
    values: ['candles', 'balloons', 'fresh flowers', 'paper stars', 'small lights'],
    stated: 'with *',
    told: ['the decoration should be *', 'for decoration we like *'],
    phrases: ['decorations', 'decor', 'decorate', 'decorated'],
  },
  purpose: {
    question: 'what is the purpose ?',
    values: ['office work', 'school', 'fun', 'better health', 'my family'],
    stated: 'for *',
    told: ['the purpose is *', 'my purpose is *'],
    phrases: [
      'goal',
      'goals',
      'aim',
      'aims',
      'what for',
      'what is it for',
      'need it for',
      'use it for',
      'want it for',
      'used for',
      'reason',
      'why',
    ],
  },
} as const satisfies Record<string, DrawnAspect>;

export type AspectName = keyof typeof ASPECTS;
export const ASPECT_NAMES: readonly AspectName[] = Object.freeze(Object.keys(ASPECTS) as AspectName[]);

/** Phrases in which a keyword means something else. */
export const NEUTRAL_PHRASES: readonly string[] = [
  'take place',
  'takes place',
  'in the first place',
  'no matter when',
];

/** Puts a value where the template says `*`. */
export const fill = (template: string, value: string): string => template.replace('*', value);

export const INQUIRY = new Inquiry<AspectName>(ASPECT_NAMES, ASPECTS, NEUTRAL_PHRASES);

export const questionFor = (aspect: AspectName): string => INQUIRY.questionFor(aspect);
export const compoundQuestion = (a: AspectName, b: AspectName): string => INQUIRY.compoundQuestion(a, b);
