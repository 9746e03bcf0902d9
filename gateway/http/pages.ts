import type { Hono } from 'hono';
import type { SocketDocument } from '../docs/messages.ts';
import { documentationPage } from '../docs/page.ts';
import { STYLE } from '../docs/style.ts';
import type { HttpContext, HttpEnv } from './context.ts';
import type { OpenApiDocument } from './document.ts';

/** The documents change with the program only; an hour spares most reloads. */
const CACHE = 'public, max-age=3600';

/** What people read rather than call, with the two documents that machines read; none of it is an operation. */
export const PAGE_PATHS = ['/', '/docs', '/docs/style.css', '/openapi.json', '/asyncapi.json'] as const;
type PagePath = (typeof PAGE_PATHS)[number];

/** Serves the documentation, made once from the two documents. */
export function servePages(app: Hono<HttpEnv>, openApi: OpenApiDocument, asyncApi: SocketDocument): void {
  const content: Readonly<Record<Exclude<PagePath, '/'>, { readonly type: string; readonly text: string }>> = {
    '/docs': { type: 'text/html; charset=utf-8', text: documentationPage(openApi, asyncApi) },
    '/docs/style.css': { type: 'text/css; charset=utf-8', text: STYLE },
    '/openapi.json': { type: 'application/json', text: JSON.stringify(openApi) },
    '/asyncapi.json': { type: 'application/json', text: JSON.stringify(asyncApi) },
  };
  for (const [path, { type, text }] of Object.entries(content)) {
    app.get(path, (c: HttpContext) => {
      c.var.request.path = path;
      return c.body(text, 200, { 'content-type': type, 'cache-control': CACHE });
    });
  }
  app.get('/', (c) => {
    c.var.request.path = '/';
    return c.redirect('/docs');
  });
}
