import '../../src/app/styles/base.css';
import { runBench } from '../core/runner';
import { textTable } from '../core/table';
import { describeHost } from './host';
import { PEER_IDS, planOf, type Choice } from './plan';

declare global {
  interface Window {
    /** The whole bench for the program that drives this page: the table as text and the result as JSON. */
    turnwiseBench: (
      choice: Partial<Choice>,
      said: (text: string) => void,
    ) => Promise<{ text: string; json: string }>;
  }
}

window.turnwiseBench = async (choice, said) => {
  const plan = planOf({
    workloads: ['A'],
    backends: ['wasm'],
    quick: false,
    ...choice,
    peers: choice.peers ?? PEER_IDS,
  });
  const watcher = { said, grown: () => {} };
  const result = await runBench(plan, await describeHost(), watcher, new AbortController().signal);
  return { text: textTable(result), json: JSON.stringify(result, null, 1) };
};
