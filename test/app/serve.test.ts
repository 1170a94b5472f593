import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileFor, serve } from '../../scripts/serve.mjs';

let folder = '';
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turnwise-'));
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'dist/index.html'), '<h1>hello</h1>');
  await writeFile(join(folder, 'dist/model.safetensors'), 'weights');
  await writeFile(join(folder, 'dist/a.wasm'), 'wasm');
  await mkdir(join(folder, 'dist/bench'));
  await writeFile(join(folder, 'dist/bench/index.html'), '<h1>bench</h1>');
  site = await serve({ root: join(folder, 'dist'), port: 4300 });
});
afterAll(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

/** Past `fetch`, which tidies a path before it is sent. */
function statusOf(path: string): Promise<number> {
  const { hostname, port } = new URL(site.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the static server', () => {
  it('isolates every answer, errors too', async () => {
    for (const path of ['', 'nothing']) {
      const { headers } = await fetch(site.url + path);
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    }
  });

  it.each([
    ['', 'text/html; charset=utf-8'],
    ['model.safetensors', 'application/octet-stream'],
    ['a.wasm', 'application/wasm'],
  ])('gives "%s" its type', async (path, type) => {
    const response = await fetch(site.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
  });

  it('compresses what gets smaller by it, for whoever can read that', async () => {
    const headersOf = async (path: string, encoding: string) =>
      (await fetch(site.url + path, { headers: { 'Accept-Encoding': encoding } })).headers;
    const page = await headersOf('', 'gzip, br');
    expect(page.get('content-encoding')).toBe('gzip');
    expect(page.get('vary')).toBe('Accept-Encoding');
    expect((await headersOf('', 'identity')).get('content-encoding')).toBeNull();
    const weights = await headersOf('model.safetensors', 'gzip');
    expect([weights.get('content-encoding'), weights.get('content-length')]).toEqual([null, '7']);
    const zipped = await fetch(site.url);
    expect(await zipped.text()).toBe('<h1>hello</h1>');
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/x/..%2f..%2fsecret.txt',
    '/%00',
    '/%zz',
  ])('gives away nothing outside its folder for %s', async (path) => {
    expect([400, 404]).toContain(await statusOf(path));
  });

  it('sends a folder without its slash to the folder, so that addresses in its page hold', async () => {
    const response = await fetch(`${site.url}bench?x=1`);
    expect(response.url).toBe(`${site.url}bench/?x=1`);
    expect(await response.text()).toBe('<h1>bench</h1>');
  });

  it('names only files inside', () => {
    expect(fileFor('/srv/dist', '/a/b.js')).toBe(join('/srv/dist', 'a/b.js'));
    expect(fileFor('/srv/dist', '/..%2f..%2fetc/passwd')).toBeNull();
    expect(fileFor('/srv/dist', '/..%2fdist-other/x')).toBeNull();
  });

  it('takes the next port where one is in use', async () => {
    const port = Number(new URL(site.url).port);
    const second = await serve({ root: join(folder, 'dist'), port });
    expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
    await second.close();
  });

  it('refuses to be written to', async () => {
    expect((await fetch(site.url, { method: 'POST' })).status).toBe(405);
  });
});
