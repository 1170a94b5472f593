/** The gyms whose data files of UserRL can be read. */
export const USERRL_GYMS = [
  'function',
  'intention',
  'persuade',
  'search',
  'tau',
  'telepathy',
  'turtle',
  'travel',
] as const;
export type UserRlGym = (typeof USERRL_GYMS)[number];
