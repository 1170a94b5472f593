/** Kernel calls on the processor (cpu and wasm), remembered while a graph is captured (graph.ts). */

let recording: (() => void)[] | undefined;

/** Runs a kernel whose inputs and outputs are fixed addresses, and remembers it if a recording is on. */
export function recorded(call: () => void): void {
  recording?.push(call);
  call();
}

/** The calls that `build` makes, which run as usual. */
export function recordCalls(build: () => void): (() => void)[] {
  const calls: (() => void)[] = [];
  recording = calls;
  try {
    build();
  } finally {
    recording = undefined;
  }
  return calls;
}
