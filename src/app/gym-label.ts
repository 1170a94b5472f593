/** What a gym is called on the page; one that the settings do not know keeps its own name. */
import { SETTINGS } from '../runs/settings';

export const gymLabel = (gym: string): string =>
  SETTINGS.gym.options.find(({ value }) => value === gym)?.label ?? gym;
