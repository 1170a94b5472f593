/** What a person who plays the user sees of a conversation with the policy. Plain data, sent whole after every turn. */
import type { Meaning } from '../gyms/hearing';
import type { GymEvent, HiddenFact, Level, Operation } from '../gyms/types';
import type { UserStrength } from '../users/types';
import type { EndReason } from './record';

/** Which policy one talks with: as it is now, or as it was before reinforcement learning. */
export type Speaker = 'policy' | 'reference';

export interface ConversationRequest {
  /** One of the gyms that the policy knows (`PolicyReport.gyms`). */
  readonly gym: string;
  /** The id of a task; else one is drawn. */
  readonly task?: string;
  /** Draw among tasks of this level only. */
  readonly level?: Level;
  /** The same seed, task and policy begin the same conversation. */
  readonly seed: number;
  readonly from: Speaker;
}

/** What one scripted user would say. */
export interface Suggestion {
  readonly user: UserStrength;
  readonly text: string;
}

/** Words as the policy will read them. */
export interface HeardWord {
  readonly text: string;
  /** Else it stands for any unknown word. */
  readonly known: boolean;
}

export interface Heard {
  readonly words: readonly HeardWord[];
  /** Words beyond the most that one reply may have; 0 if it is short enough. */
  readonly tooMany: number;
  readonly meaning: Meaning;
}

/** A turn of the policy and what became of it. */
export interface SpokenTurn {
  /** `null` when it was no well-formed tool call. */
  readonly choice: Operation | null;
  readonly content: string;
  readonly reward: number;
  readonly events: readonly GymEvent[];
  /** What the policy has done as the rules see it, in a sentence; empty where it made no call. */
  readonly explanation: string;
  /** Who replied; `null` where nobody did, or has not yet. */
  readonly by: 'person' | 'machine' | null;
  readonly reply: string;
  /** What the person's words meant. */
  readonly meaning: Meaning | null;
  /** What each scripted user would have said here; the one of the run first. */
  readonly suggestions: readonly Suggestion[];
}

export interface ConversationScore {
  readonly end: EndReason;
  readonly success: boolean;
  /** Sum of turn rewards. */
  readonly reward: number;
  /** `reward` as a fraction of the most the task allows. */
  readonly score: number;
}

/** The same policy on the same task with the same seed, but with the scripted user of the run. */
export interface ScriptedPlay extends ConversationScore {
  readonly user: UserStrength;
  readonly turns: readonly Pick<SpokenTurn, 'choice' | 'content' | 'reward' | 'reply'>[];
}

export interface ConversationView {
  /** Of all conversations of the engine. */
  readonly id: number;
  readonly gym: string;
  readonly task: string;
  readonly level: Level | null;
  readonly from: Speaker;
  /** GRPO steps behind the policy. */
  readonly step: number;
  readonly seed: number;
  /** Turns the policy may take, and the most that the task pays within them. */
  readonly maxTurns: number;
  readonly most: number;
  readonly watchOnly: boolean;
  /** Who the person is and what is to be done. */
  readonly role: string;
  readonly opening: string;
  readonly turns: readonly SpokenTurn[];
  readonly hidden: readonly HiddenFact[];
  /** Whose reply is waited for; `null` once it is over. */
  readonly waitsFor: 'person' | 'machine' | null;
  /** Words that the policy knows and that are said in this gym. */
  readonly words: readonly string[];
  /** `scripted` is `null` where nobody is talked to. */
  readonly ended: (ConversationScore & { readonly scripted: ScriptedPlay | null }) | null;
}

/** Whether conversations were taken into training, and why not. */
export type Addition =
  | {
      readonly added: true;
      readonly task: string;
      /** Rollouts of the group that a person played, and that the scripted user will. */
      readonly person: number;
      readonly scripted: number;
    }
  | { readonly added: false; readonly problem: string };
