/**
 * The toy box: things of three kinds, each made of one of eight materials, and what can be asked about them.
 * A toy is a thing and a material, so that a policy that has learnt both halves can guess a toy it never met.
 * A thing's attributes are those of the real thing: a glass duck "can fly".
 */
import type { Truth } from '../truth';
import { Riddle, type Attribute, type RiddleData } from './riddle';
import type { Task } from '../types';
import type { Fact, TelepathyHidden, Toy as AnyToy } from './types';

export const ATTRIBUTES = {
  eggs: {
    about: 'thing',
    verb: 'does',
    rest: 'lay eggs',
    phrases: ['lay an egg', 'lays eggs', 'hatch', 'from an egg'],
  },
  fly: { about: 'thing', verb: 'can', rest: 'fly', phrases: ['flies', 'flying', 'wings', 'in the air'] },
  swim: {
    about: 'thing',
    verb: 'can',
    rest: 'swim',
    phrases: ['swims', 'swimming', 'float', 'in the water', 'on water', 'on the water', 'water'],
  },
  legs: {
    about: 'thing',
    verb: 'is',
    rest: 'on four legs',
    phrases: ['four legs', '4 legs', 'legs', 'paws', 'walk'],
  },
  night: {
    about: 'thing',
    verb: 'is',
    rest: 'awake at night',
    phrases: ['night', 'awake', 'nocturnal', 'dark'],
  },
  small: { about: 'thing', verb: 'is', rest: 'small', phrases: ['little', 'tiny'] },
  big: { about: 'thing', verb: 'is', rest: 'big', phrases: ['large', 'huge', 'bigger'] },
  fast: { about: 'thing', verb: 'is', rest: 'fast', phrases: ['quick', 'quickly', 'run', 'speed'] },
  street: { about: 'thing', verb: 'does', rest: 'need a street', phrases: ['street', 'road', 'drive'] },
  wheels: { about: 'thing', verb: 'is', rest: 'on wheels', phrases: ['wheels', 'wheel'] },
  people: {
    about: 'thing',
    verb: 'can',
    rest: 'carry many people',
    phrases: ['many people', 'passengers', 'carry people', 'people'],
  },
  garden: {
    about: 'thing',
    verb: 'does',
    rest: 'grow in a garden',
    phrases: ['garden', 'plant', 'vegetable', 'grow', 'grows'],
  },
  tree: {
    about: 'thing',
    verb: 'does',
    rest: 'grow on a tree',
    phrases: ['on a tree', 'on trees', 'tree', 'fruit'],
  },
  sweet: { about: 'thing', verb: 'is', rest: 'sweet', phrases: ['dessert'] },
  milk: { about: 'thing', verb: 'is', rest: 'made with milk', phrases: ['milk', 'dairy', 'from milk'] },
  round: { about: 'thing', verb: 'is', rest: 'round', phrases: ['a ball', 'roll'] },
  red: { about: 'thing', verb: 'is', rest: 'red', phrases: ['colour red'] },
  burn: { about: 'material', verb: 'can', rest: 'burn', phrases: ['burns', 'burnt', 'fire', 'flammable'] },
  soft: { about: 'material', verb: 'is', rest: 'soft', phrases: ['cuddly', 'bend'] },
  warm: { about: 'material', verb: 'is', rest: 'warm', phrases: ['keep me warm', 'fluffy'] },
  heavy: { about: 'material', verb: 'is', rest: 'heavy', phrases: ['heavier', 'weigh'] },
  break: {
    about: 'material',
    verb: 'can',
    rest: 'break',
    phrases: ['breaks', 'broken', 'fragile', 'brittle', 'shatter'],
  },
} as const satisfies Record<string, Attribute>;

export type AttributeName = keyof typeof ATTRIBUTES;
export const ATTRIBUTE_NAMES = Object.freeze(Object.keys(ATTRIBUTES) as AttributeName[]);

export const CATEGORIES = {
  animal: 'a toy animal',
  vehicle: 'a toy vehicle',
  food: 'some toy food',
} as const;
export type CategoryName = keyof typeof CATEGORIES;
export const CATEGORY_NAMES = Object.freeze(Object.keys(CATEGORIES) as CategoryName[]);

export const THINGS = {
  dog: { category: 'animal', yes: ['legs'], maybe: ['swim', 'fast'], also: ['dogs', 'puppy'] },
  cat: { category: 'animal', yes: ['legs', 'night'], maybe: ['fast'], also: ['cats', 'kitten', 'kitty'] },
  horse: { category: 'animal', yes: ['legs', 'big', 'fast'], maybe: ['swim'], also: ['horses', 'pony'] },
  mouse: { category: 'animal', yes: ['legs', 'night', 'small'], maybe: ['fast'], also: ['mice'] },
  duck: { category: 'animal', yes: ['eggs', 'fly', 'swim'], maybe: ['small'], also: ['ducks'] },
  owl: { category: 'animal', yes: ['eggs', 'fly', 'night'], maybe: ['small'], also: ['owls'] },
  fish: { category: 'animal', yes: ['eggs', 'swim'], maybe: ['small', 'fast'], also: ['fishes'] },
  frog: { category: 'animal', yes: ['eggs', 'swim', 'legs', 'small'], maybe: ['night'], also: ['frogs'] },
  car: { category: 'vehicle', yes: ['street', 'wheels'], maybe: ['fast'], also: ['cars', 'auto'] },
  bus: { category: 'vehicle', yes: ['street', 'wheels', 'people', 'big'], maybe: [], also: ['coach'] },
  train: { category: 'vehicle', yes: ['wheels', 'people', 'big', 'fast'], maybe: [], also: ['trains'] },
  plane: {
    category: 'vehicle',
    yes: ['fly', 'people', 'big', 'fast'],
    maybe: ['wheels'],
    also: ['planes', 'airplane', 'aeroplane'],
  },
  boat: { category: 'vehicle', yes: ['swim'], maybe: ['people'], also: ['boats', 'ship'] },
  bike: { category: 'vehicle', yes: ['street', 'wheels', 'small'], maybe: [], also: ['bikes', 'bicycle'] },
  rocket: { category: 'vehicle', yes: ['fly', 'big', 'fast'], maybe: [], also: ['rockets', 'spaceship'] },
  truck: { category: 'vehicle', yes: ['street', 'wheels', 'big'], maybe: [], also: ['trucks', 'lorry'] },
  apple: { category: 'food', yes: ['garden', 'tree', 'sweet', 'round'], maybe: ['red'], also: ['apples'] },
  cake: { category: 'food', yes: ['sweet', 'milk'], maybe: ['round'], also: ['cakes'] },
  bread: { category: 'food', yes: [], maybe: ['milk'], also: ['loaf', 'toast'] },
  egg: { category: 'food', yes: ['round', 'small'], maybe: [], also: [] },
  cheese: { category: 'food', yes: ['milk'], maybe: ['round'], also: ['cheeses'] },
  lemon: { category: 'food', yes: ['garden', 'tree', 'small'], maybe: ['round'], also: ['lemons'] },
  carrot: { category: 'food', yes: ['garden'], maybe: ['sweet', 'red'], also: ['carrots'] },
  tomato: { category: 'food', yes: ['garden', 'red', 'round'], maybe: ['small'], also: ['tomatoes'] },
} as const satisfies RiddleData<AttributeName, CategoryName>['things'];

export const MATERIALS = {
  wood: { yes: ['burn'], maybe: ['break'], also: ['wooden'] },
  paper: { yes: ['burn'], maybe: ['soft'], also: ['cardboard'] },
  wool: { yes: ['burn', 'soft', 'warm'], maybe: [], also: ['woolen', 'woollen', 'knitted'] },
  leather: { yes: ['burn', 'soft'], maybe: ['heavy'], also: [] },
  glass: { yes: ['break'], maybe: ['heavy'], also: [] },
  stone: { yes: ['heavy', 'break'], maybe: [], also: ['rock'] },
  metal: { yes: ['heavy'], maybe: [], also: ['iron', 'steel', 'tin'] },
  sugar: { yes: ['break'], maybe: ['burn'], also: ['candy'] },
} as const satisfies RiddleData<AttributeName>['materials'];

export type ThingName = keyof typeof THINGS;
export type MaterialName = keyof typeof MATERIALS;
export const THING_NAMES = Object.freeze(Object.keys(THINGS) as ThingName[]);
export const MATERIAL_NAMES = Object.freeze(Object.keys(MATERIALS) as MaterialName[]);

export type Toy = AnyToy<ThingName, MaterialName>;
export type ToyFact = Fact<AttributeName>;
export type ToyTask = Task<TelepathyHidden<AttributeName, CategoryName, ThingName, MaterialName>>;

export const TOY_BOX = new Riddle<AttributeName, CategoryName, ThingName, MaterialName>({
  noun: 'toy',
  attributes: ATTRIBUTES,
  categories: CATEGORIES,
  things: THINGS,
  materials: MATERIALS,
  neutral: ['toy animal', 'toy vehicle', 'toy food'],
});

export const thingsOf = (category: CategoryName): readonly ThingName[] => TOY_BOX.thingsOf(category);
export const toysOf = (category: CategoryName): readonly Toy[] => TOY_BOX.toysOf(category);
export const categoryOf = (toy: Toy): CategoryName => TOY_BOX.categoryOf(toy);
export const truthOf = (attribute: AttributeName, toy: Toy): Truth => TOY_BOX.truthOf(attribute, toy);
export const tellingAttributes = (category: CategoryName): readonly AttributeName[] =>
  TOY_BOX.tellingAttributes(category);
export const questionFor = (attribute: AttributeName): string => TOY_BOX.questionFor(attribute);
export const statementOf = (fact: ToyFact): string => TOY_BOX.statementOf(fact);
export const nameOf = (toy: Toy): string => TOY_BOX.nameOf(toy);
export const guessFor = (toy: Toy): string => TOY_BOX.guessFor(toy);
