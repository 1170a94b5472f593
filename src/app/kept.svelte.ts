/** What a place of the page keeps for a run while one is elsewhere. */
import type { Run } from './run.svelte';

/**
 * One of a kind for every run, made when it is first asked for. What is derived in it would end with the component
 * that asked first, and never change again; so it belongs to no component.
 */
export function keptFor<T extends object>(make: (run: Run) => T): (run: Run) => T {
  const made = new WeakMap<Run, T>();
  return (run) => {
    const known = made.get(run);
    if (known) return known;
    let fresh: T | undefined;
    $effect.root(() => {
      fresh = make(run);
    });
    made.set(run, fresh!);
    return fresh!;
  };
}
