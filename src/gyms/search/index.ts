/** The Search gym: answer questions about a small library through a search engine. */
import { lazyTasks } from '../task-set';
import type { Gym } from '../types';
import { searchDemonstrator } from './demonstrators';
import {
  CORRECT_REWARD,
  SEARCH_DEFAULTS,
  SEARCH_OPERATIONS,
  SearchEpisode,
  type SearchOptions,
} from './rules';
import { Library } from './library';
import { practiceTask, generateTasks } from './tasks';
import type { SearchSituation, SearchTask } from './types';
import { drawFacts } from './world';

const tasks = lazyTasks(generateTasks);

export function createSearch(options: Partial<SearchOptions> = {}): Gym<SearchTask, SearchSituation> {
  const complete: SearchOptions = { ...SEARCH_DEFAULTS, ...options };
  return {
    name: 'search',
    operations: SEARCH_OPERATIONS,
    tasks,
    // Each question with a library of its own: over and over the same facts would be learnt by heart, not read.
    practice: (random) => {
      const library = new Library(drawFacts(random.int(2 ** 31)));
      return { gym: createSearch({ ...options, library }), task: practiceTask(library, random) };
    },
    reset: (task, episode) => new SearchEpisode(task, episode, complete),
    demonstrator: searchDemonstrator,
    maximumReturn: (_task, maxTurns) => (maxTurns > 0 ? CORRECT_REWARD : 0),
  };
}

export const search = createSearch();
