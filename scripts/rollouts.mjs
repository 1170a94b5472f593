/**
 * Writes conversations of trained policies into the pages of the gyms, docs/gyms/*.md: the first test tasks, as they
 * come. The policies are those that `node bench/gyms.mjs` trained from seed 0.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const GYMS = ['travel', 'turtle', 'function', 'tau', 'persuade', 'intention', 'telepathy', 'search'];
const CONVERSATIONS = 3;
const BEGIN = '<!-- made by scripts/rollouts.mjs -->';
const END = '<!-- end -->';

for (const gym of GYMS) {
  const adapter = join(root, 'build', 'adapters', `${gym}-0.safetensors`);
  if (!existsSync(adapter)) {
    console.error(`${adapter} is not there: run \`node bench/gyms.mjs\` first.`);
    process.exit(1);
  }
  const args = ['bin/turnwise.js', 'play', '--adapter', adapter, '--episodes', `${CONVERSATIONS}`];
  const output = execFileSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const section = [
    BEGIN,
    '## After training',
    '',
    'The first three test tasks with a plain user, sampled, after 150 steps of GRPO with default settings from seed 0. Rewards in brackets.',
    '',
    '```',
    output.trim(),
    '```',
    END,
  ].join('\n');
  const page = join(root, 'docs', 'gyms', `${gym}.md`);
  const text = readFileSync(page, 'utf8');
  const [before] = text.split(BEGIN);
  const after = text.includes(END) ? text.slice(text.indexOf(END) + END.length) : '\n';
  writeFileSync(page, `${before.trimEnd()}\n\n${section}${after}`);
  console.log(`docs/gyms/${gym}.md`);
}
