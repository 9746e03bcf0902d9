import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { Hono } from 'hono';
import type { HttpContext, HttpEnv } from './context.ts';
import type { SocketUrl } from './sockets.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The forms that the build made of each text, the smallest first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Names of these files hold a hash of their content: what has been loaded once is never asked for again. */
const HASHED = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
/** A page is asked for each time, and answered 304 while it is the same: a new version shows at the next reload. */
const ASK_FIRST = 'no-cache';
/** What an asset that no longer exists is logged under; the names that people try stay out of the log. */
const ASSET_PATH = '/assets/*';

type Body = Uint8Array<ArrayBuffer>;

interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Body;
  readonly encoded: ReadonlyMap<string, Body>;
}

/** The built pages, held in memory (about 2 MB): a build that replaces them on disk does not mix with them. */
export interface StaticPages {
  /** addresses of pages, as Hono's patterns -> the file that answers them */
  readonly routes: readonly { readonly path: string; readonly file: PageFile }[];
  /** address -> file, e.g. /assets/attend-B7x.js */
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Reads what web/build made. @throws where the folder holds no pages */
export function readStaticPages(folder: string): StaticPages {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (entry.isFile() && type !== undefined) files.set(addressOf(folder, path), readPage(path, type));
  }
  const table = files.get('/pages.json');
  if (table === undefined) throw new Error(`${folder} holds no pages: build them first.`);
  files.delete('/pages.json');
  const rows = JSON.parse(Buffer.from(table.plain).toString()) as { path: string; file: string }[];
  const routes = rows.map(({ path, file }) => {
    const page = files.get(`/${file}`);
    if (page === undefined) throw new Error(`${folder} lacks ${file}: build the pages again.`);
    return { path, file: page };
  });
  for (const address of files.keys()) if (address.endsWith('.html')) files.delete(address);
  return { routes, files };
}

function addressOf(folder: string, path: string): string {
  return `/${relative(folder, path).split(sep).join('/')}`;
}

function readPage(path: string, type: string): PageFile {
  const plain = bytesOf(path) as Body;
  const encoded = new Map<string, Body>();
  for (const { name, suffix } of ENCODINGS) {
    const bytes = bytesOf(`${path}${suffix}`);
    if (bytes !== undefined && bytes.length < plain.length) encoded.set(name, bytes);
  }
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, etag, plain, encoded };
}

function bytesOf(path: string): Body | undefined {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && /\.(br|gz)$/.test(path)) return undefined;
    throw error;
  }
}

/** `br;q=0` refuses; everything else that names an encoding takes it. */
function accepts(header: string, encoding: string): boolean {
  return header.split(',').some((part) => {
    const [name = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

function answer(c: HttpContext, { type, etag, plain, encoded }: PageFile, cache: string): Response {
  const headers: Record<string, string> = { 'cache-control': cache, etag, vary: 'Accept-Encoding' };
  const known = c.req.header('if-none-match')?.split(/\s*,\s*/) ?? [];
  if (known.some((tag) => tag.replace(/^W\//, '') === etag)) return c.body(null, 304, headers);
  const wanted = c.req.header('accept-encoding') ?? '';
  const encoding = ENCODINGS.find(({ name }) => encoded.has(name) && accepts(wanted, name))?.name;
  headers['content-type'] = type;
  if (encoding !== undefined) headers['content-encoding'] = encoding;
  return c.body(encoding === undefined ? plain : (encoded.get(encoding) as Body), 200, headers);
}

/**
 * What a page may do: load from here alone, run no inline script or style, and talk to us and to our socket.
 * data: and blob: are for pictures that the page itself has made or fetched with its session.
 */
function pagePolicy(socketUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "manifest-src 'self'",
    `connect-src 'self' ${new URL(socketUrl).origin.replace(/^http/, 'ws')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Pages carry a policy of their own, in a 304 as well: browsers take the headers of that for the page they have kept. It
 * stands before secureHeaders, so that it speaks last.
 */
export function usePagePolicy(app: Hono<HttpEnv>, { routes }: StaticPages, socketUrl: SocketUrl): void {
  const paths = new Set(routes.map(({ path }) => path));
  app.use(async (c, next) => {
    await next();
    if (!paths.has(c.var.request.path)) return;
    c.res.headers.set('content-security-policy', pagePolicy(socketUrl(new URL(c.req.url).hostname)));
  });
}

/** Answers the addresses of the pages and of what they load. */
export function serveStaticPages(app: Hono<HttpEnv>, { routes, files }: StaticPages): void {
  for (const { path, file } of routes) {
    app.get(path, (c: HttpContext) => {
      c.var.request.path = path;
      return answer(c, file, ASK_FIRST);
    });
  }
  for (const [address, file] of files) {
    app.get(address, (c: HttpContext) => {
      c.var.request.path = address.startsWith(HASHED) ? ASSET_PATH : address;
      return answer(c, file, address.startsWith(HASHED) ? FOREVER : ASK_FIRST);
    });
  }
}
