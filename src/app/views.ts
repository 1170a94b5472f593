/**
 * The places of the page. Only the first is in the page's own script; the others are fetched when somebody goes
 * there. Adding a place is adding a row.
 */
import type { Component } from 'svelte';
import type { Run } from './run.svelte';

export interface View {
  readonly title: string;
  /** In a few words, what one does there. */
  readonly hint: string;
  /** Left out where the component comes with the page. */
  readonly load?: () => Promise<{ readonly default: Component<{ run: Run }> }>;
}

export const VIEW_NAMES = ['watch', 'lessons', 'talk', 'workbench', 'compare', 'evaluation'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export const VIEWS: Readonly<Record<ViewName, View>> = {
  watch: { title: 'Watch', hint: 'See the policy learn, conversation by conversation.' },
  lessons: {
    title: 'Lessons',
    hint: 'Predict, run, and see what the numbers say.',
    load: () => import('./lessons/Lessons.svelte'),
  },
  talk: {
    title: 'Be the user',
    hint: 'Answer the policy yourself and see how it fares with you.',
    load: () => import('./talk/Talk.svelte'),
  },
  workbench: {
    title: 'Workbench',
    hint: 'Change what counts, and see at once who would be pushed up or down.',
    load: () => import('./workbench/Workbench.svelte'),
  },
  compare: {
    title: 'Compare',
    hint: 'Train two ways from the same seeds, and see which is better.',
    load: () => import('./compare/Compare.svelte'),
  },
  evaluation: {
    title: 'Evaluation',
    hint: 'Measure on test tasks what learning has added.',
    load: () => import('./evaluation/Evaluation.svelte'),
  },
};

/** The place a link names; `undefined` where there is none of that name. */
export const viewNamed = (name: string): ViewName | undefined => VIEW_NAMES.find((one) => one === name);
