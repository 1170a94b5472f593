/** The user that the settings of a run ask for. */
import { ScriptedUser } from './scripted';
import type { SimulatedUser, UserStrength } from './types';

export interface UserSettings {
  readonly userStrength: UserStrength;
}

export function createUser({ userStrength }: UserSettings): SimulatedUser {
  return new ScriptedUser(userStrength);
}
