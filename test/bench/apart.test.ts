import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/device';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const manifest = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;

describe('the engines we compare with', () => {
  const app = manifest('package.json');
  const peers = Object.keys(manifest('bench/package.json').dependencies);

  it('are pinned to one version each', () => {
    for (const version of Object.values(manifest('bench/package.json').dependencies))
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('are no part of the app, whose sources know neither them nor the bench', () => {
    const own = Object.keys({ ...app.dependencies, ...app.devDependencies });
    const foreign = peers.filter((name) => !own.includes(name));
    expect(foreign).toContain('@jax-js/jax');
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(ts|svelte)$/.test(name),
    );
    expect(sources.length).toBeGreaterThan(50);
    for (const name of sources) {
      const imports = [
        ...readFileSync(join(ROOT, 'src', name), 'utf8').matchAll(/(?:from|import\(?) ?'([^']+)'/g),
      ];
      for (const [, path] of imports) {
        expect(
          foreign.some((one) => path!.startsWith(one)),
          `${name} imports ${path}`,
        ).toBe(false);
        expect(path, name).not.toMatch(/\/bench\//);
      }
    }
  });

  it('are locked without the address of a registry', () => {
    expect(readFileSync(join(ROOT, 'bench/package-lock.json'), 'utf8')).not.toContain('"resolved"');
  });
});
