/** People of the gyms: eighty of them from eighteen words. Surnames are ordinary words that other gyms use too. */
export const FIRST_NAMES = [
  'anna',
  'ben',
  'carla',
  'david',
  'emma',
  'felix',
  'greta',
  'hugo',
  'ida',
  'jonas',
] as const;
export const LAST_NAMES = ['stone', 'wood', 'glass', 'winter', 'young', 'forest', 'lake', 'rock'] as const;

/** "anna stone", in a fixed order. */
export const PEOPLE: readonly string[] = FIRST_NAMES.flatMap((first) =>
  LAST_NAMES.map((last) => `${first} ${last}`),
);
