/** The command line of the bench. */

export const USAGE = `npm run bench -- [options]

  --workloads A,B,curve,demo   what to measure (A, B, curve or single sizes as 4x128, demo)
  --backends wasm,webgpu       where; also cpu
  --peers jax-js,tensorflow    whom to compare with; "none" for nobody. All by default
  --tasks train,sample,grpo    which steps
  --seconds 8                  seconds of steps for each contestant of a measurement
  --batch 4                    rows at most, for slow devices; figures then compare only with each other
  --quick                      fewer rounds
  --out build/bench.json       where the result goes
  --python VENV/bin/python     run the PyTorch and TRL contestants beside the browser's
  --headed                     show the browser, as some machines lend their GPU only then
  --serve [--port 5174]        serve the page at /bench for a browser of your own, and measure nothing
`;

const LISTS = ['workloads', 'backends', 'peers', 'tasks'];
const NUMBERS = ['seconds', 'batch', 'port'];
const TEXTS = ['out', 'python'];
const SWITCHES = ['quick', 'serve', 'headed', 'help'];
const BACKENDS = ['webgpu', 'wasm', 'cpu'];
const TASKS = ['train', 'sample', 'grpo'];

/**
 * What the arguments ask for. Throws an `Error` that says what is wrong with them.
 * @param {readonly string[]} args
 */
export function parseBenchOptions(args) {
  const options = {
    workloads: ['A', 'B', 'curve', 'demo'],
    backends: ['wasm', 'webgpu'],
    /** @type {string[] | undefined} */ peers: undefined,
    /** @type {string[] | undefined} */ tasks: undefined,
    /** @type {number | undefined} */ seconds: undefined,
    /** @type {number | undefined} */ batch: undefined,
    port: 5174,
    out: 'build/bench.json',
    /** @type {string | undefined} */ python: undefined,
    quick: false,
    serve: false,
    headed: false,
    help: false,
  };
  for (let i = 0; i < args.length; i++) {
    const name = args[i].startsWith('--') ? args[i].slice(2) : '';
    if (SWITCHES.includes(name)) {
      options[name] = true;
      continue;
    }
    if (![...LISTS, ...NUMBERS, ...TEXTS].includes(name)) throw new Error(`Unknown option ${args[i]}.`);
    const value = args[++i];
    if (value === undefined || value.startsWith('--')) throw new Error(`--${name} needs a value.`);
    if (LISTS.includes(name)) options[name] = value === 'none' ? [] : value.split(',').filter(Boolean);
    else if (TEXTS.includes(name)) options[name] = value;
    else {
      const number = Number(value);
      if (!Number.isFinite(number) || number <= 0) throw new Error(`--${name} needs a number above 0.`);
      options[name] = number;
    }
  }
  for (const [list, known] of [
    ['backends', BACKENDS],
    ['tasks', TASKS],
  ]) {
    for (const one of options[list] ?? []) {
      if (!known.includes(one)) throw new Error(`--${list} knows ${known.join(', ')}, not "${one}".`);
    }
  }
  return options;
}
