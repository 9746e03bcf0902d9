/**
 * The pages: which addresses each app answers. An app is a folder with an index.html; whatever follows in its addresses
 * is its own router's business. Paths are Hono's patterns. The build writes the table beside the pages, and the gateway
 * serves by it.
 */
export const ENTRIES = {
  attend: ['/', '/join/:code', '/meeting/:meeting', '/meeting/:meeting/*', '/vote/:election'],
  moderate: ['/moderate', '/moderate/:room', '/moderate/:room/:act', '/moderate/:room/:act/:part'],
  project: ['/project/:meeting'],
  campaigns: [
    '/campaigns',
    '/campaigns/:campaign',
    '/campaigns/:campaign/propose',
    '/campaigns/:campaign/ideas/:idea',
    '/campaigns/:campaign/board',
  ],
  account: [
    '/sign-in',
    '/register',
    '/account',
    '/organisation',
    '/outbox',
    '/inbox',
    '/notifications',
    '/unsubscribe',
  ],
} as const satisfies Record<string, readonly string[]>;

/** One row of pages.json. */
export interface PageRoute {
  readonly path: string;
  /** below the built folder */
  readonly file: string;
}

export const PAGE_ROUTES: readonly PageRoute[] = Object.entries(ENTRIES).flatMap(([app, paths]) =>
  paths.map((path) => ({ path, file: `${app}/index.html` })),
);
