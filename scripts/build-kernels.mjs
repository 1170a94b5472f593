/**
 * Compiles the SIMD kernels (src/kernels/simd/assembly, AssemblyScript) to build/kernels.wasm. Does nothing
 * where that was made from the very same sources.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src/kernels/simd/assembly');
const target = join(root, 'build/kernels.wasm');

/**
 * The module lives in the memory of TensorFlow.js' wasm backend. It imports that memory, has no runtime and
 * must have no data of its own, which would be written over tensors.
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

async function fingerprint() {
  const hash = createHash('sha256').update(OPTIONS.join(' '));
  hash.update(await readFile(join(root, 'node_modules/assemblyscript/package.json')));
  for (const name of (await readdir(sources)).sort()) {
    if (name.endsWith('.ts')) hash.update(name).update(await readFile(join(sources, name)));
  }
  return hash.digest('hex');
}

const stamp = await fingerprint();
const made = await readFile(`${target}.stamp`, 'utf8').catch(() => '');
if (made !== stamp || !(await readFile(target).catch(() => undefined))) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(
    [join(sources, 'index.ts'), '--outFile', 'kernels.wasm', '--baseDir', '/', ...OPTIONS],
    {
      writeFile: (_name, contents) => void (binary = contents),
    },
  );
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
  await mkdir(join(root, 'build'), { recursive: true });
  // Written aside and moved, so that whoever reads meanwhile finds either the old file or the new one whole.
  const aside = `${target}.${process.pid}`;
  await writeFile(aside, binary);
  await rename(aside, target);
  await writeFile(`${target}.stamp`, stamp);
  console.log(`build/kernels.wasm: ${binary.length} bytes`);
}
