/**
 * Serves dist/ with the headers that cross-origin isolation needs. For looking at a build on this
 * machine and for the browser tests; any static host with the same two headers will do as well.
 *
 *   node scripts/serve.mjs [--port 5173]
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, dirname, extname, join, normalize, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGzip } from 'node:zlib';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.safetensors': 'application/octet-stream',
};

/** What a host compresses on its way; weights and icons would not get smaller. */
const COMPRESSED = /^(text\/|application\/(json|wasm)|image\/svg)/;

const HEADERS = {
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};
/** Without these two the page works as well, but on one thread of the processor. */
const ISOLATED = {
  ...HEADERS,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The file a request path names, or null if it names none inside `root`. */
export function fileFor(root, requestUrl) {
  let path;
  try {
    path = decodeURIComponent(new URL(requestUrl, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (path.includes('\0')) return null;
  const file = normalize(join(root, path));
  return file === root || file.startsWith(root + sep) ? file : null;
}

async function respond(root, headers, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return fail(response, headers, 405, 'Only GET and HEAD.');
  let file = fileFor(root, request.url ?? '/');
  if (!file) return fail(response, headers, 400, 'Not a path in here.');
  let info = await stat(file).catch(() => null);
  if (info?.isDirectory()) {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    // Without the slash, what the page in there asks for would be looked for one folder higher.
    if (!pathname.endsWith('/'))
      return redirect(response, headers, `${encodeURIComponent(basename(file))}/${search}`);
    file = join(file, 'index.html');
    info = await stat(file).catch(() => null);
  }
  if (!info?.isFile()) return fail(response, headers, 404, 'Nothing here.');
  // What the bundler named by its content never changes; everything else is asked for anew.
  const named = basename(dirname(file)) === 'assets';
  const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
  const compress = COMPRESSED.test(type) && /\bgzip\b/.test(String(request.headers['accept-encoding']));
  response.writeHead(200, {
    ...headers,
    'Content-Type': type,
    Vary: 'Accept-Encoding',
    ...(compress ? { 'Content-Encoding': 'gzip' } : { 'Content-Length': info.size }),
    'Cache-Control': named ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.method === 'HEAD') return response.end();
  const body = createReadStream(file).on('error', () => response.destroy());
  (compress ? body.pipe(createGzip()) : body).pipe(response);
}

/** Relative, so that no request path can send anyone to another host. */
function redirect(response, headers, location) {
  response.writeHead(308, { ...headers, Location: location });
  response.end();
}

function fail(response, headers, code, text) {
  response.writeHead(code, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/**
 * Serves `root` on `port`, or on the next free one; `port: 0` takes any. Only this machine can reach it.
 * @param {{ root?: string, port?: number, isolated?: boolean }} [options] `isolated` from other origins, as by default
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({
  root = resolve(import.meta.dirname, '../dist'),
  port = 5173,
  isolated = true,
} = {}) {
  const folder = resolve(root);
  const headers = isolated ? ISOLATED : HEADERS;
  const server = createServer((request, response) => {
    respond(folder, headers, request, response).catch(() =>
      fail(response, headers, 500, 'The server stumbled.'),
    );
  });
  const taken = await listen(server, port);
  return {
    url: `http://localhost:${taken}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function listen(server, first) {
  for (let port = first; port < first + 100; port++) {
    const free = await new Promise((settle, reject) => {
      server.once('error', (error) => (error.code === 'EADDRINUSE' ? settle(false) : reject(error)));
      server.listen(port, 'localhost', () => settle(true));
    });
    server.removeAllListeners('error');
    if (free) return server.address().port;
  }
  throw new Error(`No free port from ${first} on.`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const at = process.argv.indexOf('--port');
  const { url } = await serve(at === -1 ? {} : { port: Number(process.argv[at + 1]) });
  console.log(`Turnwise is at ${url}`);
}
