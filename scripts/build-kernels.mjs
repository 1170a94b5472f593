/**
 * Compiles the SIMD kernels (src/kernels/simd/assembly, AssemblyScript) to build/kernels/, once for each kind of
 * memory and of processor, and bundles the script of Node's threads beside them. Does nothing where all that was
 * made from the very same sources.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src/kernels/simd/assembly');
const threadSources = ['src/headless/thread.ts', 'src/kernels/simd/thread.ts', 'src/kernels/simd/mailbox.ts'];
const target = join(root, 'build/kernels');

/**
 * The module works in the memory of the backend. It imports that memory, has no runtime and must have no data of
 * its own, which would be written over tensors.
 */
const OPTIONS = [
  '--runtime',
  'stub',
  '--importMemory',
  '--noExportMemory',
  '--noAssert',
  '--enable',
  'simd',
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '0',
  '--converge',
];
// A shared memory must say how far it may grow; the module allows all there is, so that the backend decides.
const SHARED = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
const RELAXED = ['--enable', 'relaxed-simd'];
const VARIANTS = {
  plain: [],
  relaxed: RELAXED,
  shared: SHARED,
  'shared-relaxed': [...SHARED, ...RELAXED],
};

async function fingerprint() {
  const hash = createHash('sha256').update(await readFile(fileURLToPath(import.meta.url)));
  hash.update(await readFile(join(root, 'node_modules/assemblyscript/package.json')));
  for (const name of (await readdir(sources)).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(join(sources, name)));
  }
  for (const name of threadSources) hash.update(name).update(await readFile(join(root, name)));
  return hash.digest('hex');
}

async function compile(options) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(
    [join(sources, 'index.ts'), '--outFile', 'kernels.wasm', '--baseDir', '/', ...OPTIONS, ...options],
    { writeFile: (_name, contents) => void (binary = contents) },
  );
  if (!error) return binary;
  console.error(stderr.toString());
  process.exit(1);
}

async function bundleThread() {
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: { ssr: join(root, threadSources[0]), target: 'node20', write: false },
  });
  return result.output[0].code;
}

/** Written aside and moved, so that whoever reads meanwhile finds either the old file or the new one whole. */
async function put(name, contents) {
  const aside = join(target, `${name}.${process.pid}`);
  await writeFile(aside, contents);
  await rename(aside, join(target, name));
}

const files = [...Object.keys(VARIANTS).map((name) => `${name}.wasm`), 'thread.mjs'];
const present = await readdir(target).catch(() => []);
const stamp = await fingerprint();
const made = await readFile(join(target, 'stamp'), 'utf8').catch(() => '');
if (made !== stamp || !files.every((name) => present.includes(name))) {
  await mkdir(target, { recursive: true });
  for (const [name, options] of Object.entries(VARIANTS)) {
    const binary = await compile(options);
    await put(`${name}.wasm`, binary);
    console.log(`build/kernels/${name}.wasm: ${binary.length} bytes`);
  }
  await put('thread.mjs', await bundleThread());
  await put('stamp', stamp);
}
