import { mount } from 'svelte';
import { runBench } from '../core/runner';
import { textTable } from '../core/table';
import Bench from './Bench.svelte';
import { describeHost } from './host';
import { PEER_IDS, planOf, type Choice } from './plan';

declare global {
  interface Window {
    /** The whole bench for a program that drives this page: the table as text and the result as JSON. */
    turnwiseBench: (
      choice: Omit<Choice, 'peers'> & { readonly peers?: readonly string[] },
      said: (text: string) => void,
    ) => Promise<{ text: string; json: string }>;
  }
}

window.turnwiseBench = async (choice, said) => {
  const plan = planOf({ ...choice, peers: choice.peers ?? PEER_IDS });
  const watcher = { said, grown: () => {} };
  const result = await runBench(plan, await describeHost(), watcher, new AbortController().signal);
  return { text: textTable(result), json: JSON.stringify(result, null, 1) };
};

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place to draw in.');
mount(Bench, { target });
