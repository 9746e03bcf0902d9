import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { limits } from '../engine/limits.ts';
import { isProxySetting } from '../gateway/auth/client-address.ts';
import { socketLimits } from '../gateway/socket/limits.ts';
import { StartProblem } from '../sql/embedded/index.ts';

/** What a variable needs to be explained: shown in errors and compared with .env.example by a test. */
interface VariableMeta {
  /** a value that would do, without the name */
  readonly example: string;
  /** never printed, not even in the error about it */
  readonly secret?: true;
}

const variables = z.registry<VariableMeta>();

function wholeNumber(min: number, max: number, fallback: number, note = '') {
  const problem = `not a whole number from ${min} to ${max}${note}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .refine((value) => value >= min && value <= max, problem)
    .prefault(String(fallback))
    .register(variables, { example: String(fallback) });
}

function url(protocols: readonly string[], meta: VariableMeta) {
  const problem = `not a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), problem)
    .optional()
    .register(variables, meta);
}

const yesOrNo = (fallback: 'true' | 'false') =>
  z
    .enum(['true', 'false'], 'not true or false')
    .transform((value) => value === 'true')
    .prefault(fallback)
    .register(variables, { example: fallback });

const port = (fallback: number) => wholeNumber(0, 65_535, fallback, ' (0 = any free port)');

const databaseUrl = () =>
  url(['postgres:', 'postgresql:'], { example: 'postgres://psephos:secret@db.example:5432/psephos', secret: true });

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every environment variable of the product. .env.example documents each; a test compares the two. */
export const settingsSchema = z.object({
  DATABASE_URL: databaseUrl(),
  DATABASE_OWNER_URL: databaseUrl(),
  JOBS_DATABASE_URL: databaseUrl(),
  OPENSEARCH_URL: url(['http:', 'https:'], { example: 'https://search:secret@search.example:9200', secret: true }),
  REDIS_URL: url(['redis:', 'rediss:'], { example: 'redis://:secret@redis.example:6379', secret: true }),
  BALLOT_FALLBACK: z
    .enum(['off', 'queue'], 'neither off nor queue')
    .prefault('off')
    .register(variables, { example: 'off' }),
  DATA_DIR: z.string().optional().register(variables, { example: './data' }),
  POSTGRES_PORT: port(0),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'not a host name or address')
    .prefault('127.0.0.1')
    .register(variables, { example: '127.0.0.1' }),
  PORT: port(8080),
  WS_PORT: port(8081),
  WORKERS_PORT: port(0),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\w.~+/=-]{16,200}$/, 'not 16 to 200 letters, digits or signs of a token')
    .optional()
    .register(variables, { example: 'a-secret-of-16-characters-or-more', secret: true }),
  PUBLIC_URL: url(['http:', 'https:'], { example: 'https://vote.example' }),
  PUBLIC_WS_URL: url(['ws:', 'wss:'], { example: 'wss://vote.example/socket' }),
  ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim().replace(/\/$/, '')))
    .refine((list) => list.every(isOrigin), 'not a comma-separated list of origins (scheme, host, port; no path)')
    .optional()
    .register(variables, { example: 'https://vote.example,https://console.example' }),
  TRUSTED_PROXIES: z
    .string()
    .refine(isProxySetting, 'not the number of proxies (0-9), nor a comma-separated list of addresses and networks')
    .optional()
    .register(variables, { example: '10.0.0.0/8,::1' }),
  SOCKETS_MAX: wholeNumber(1, 1_000_000, socketLimits.connectionsMax),
  SOCKETS_PER_ADDRESS: wholeNumber(1, 1_000_000, socketLimits.connectionsPerAddressMax),
  API_KEYS_FILE: z.string().optional().register(variables, { example: '/run/secrets/psephos-api-keys.json' }),
  SECRET_KEY_FILE: z.string().optional().register(variables, { example: '/run/secrets/psephos-key' }),
  OIDC_ISSUER: url(['http:', 'https:'], { example: 'https://login.example' }),
  OIDC_CLIENT_ID: z.string().optional().register(variables, { example: 'psephos' }),
  OIDC_CLIENT_SECRET_FILE: z.string().optional().register(variables, { example: '/run/secrets/psephos-oidc' }),
  HOT_POOL: wholeNumber(limits.hotPoolMinConnections, limits.hotPoolMaxConnections, limits.hotPoolDefaultConnections),
  POOL: wholeNumber(1, 50, limits.managementPoolConnections),
  SMTP_URL: url(['smtp:', 'smtps:'], { example: 'smtps://votes:secret@mail.example:465', secret: true }),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^\s<>@,;:"\p{Cc}][^<>@,;:"\p{Cc}]* )?(?:<[^\s<>@,;:"]+@[^\s<>@,;:"]+>|[^\s<>@,;:"]+@[^\s<>@,;:"]+)$/u,
      'not an address, alone or as NAME <ADDRESS>',
    )
    .optional()
    .register(variables, { example: 'Psephos <votes@example.org>' }),
  MAIL_PER_SECOND: wholeNumber(1, 1_000, 20),
  WEBHOOK_ALLOW_PRIVATE: yesOrNo('false'),
  PUSH_CONTACT: url(['mailto:', 'https:'], { example: 'mailto:admin@example.org' }),
  AUDIT_HEADS_DIR: z.string().optional().register(variables, { example: '/srv/psephos/audit-heads' }),
  AUDIT_ARCHIVE_DIR: z.string().optional().register(variables, { example: '/srv/psephos/audit-archive' }),
  AUDIT_KEEP_MONTHS: wholeNumber(1, 1_200, 24),
  BACKUP_TO: z
    .string()
    .refine(
      (place) => place.startsWith('s3://') || !/^[a-z][\w+.-]+:\/\//i.test(place),
      'not a folder, nor s3://BUCKET/PREFIX',
    )
    .optional()
    .register(variables, { example: '/srv/backups/psephos' }),
  BACKUP_KEEP: wholeNumber(1, 10_000, 14),
  BACKUP_KEY_FILE: z.string().optional().register(variables, { example: '/run/secrets/psephos-backup-key' }),
  BACKUP_S3_ENDPOINT: url(['http:', 'https:'], { example: 'https://s3.example.org' }),
  BACKUP_DATABASE_URL: databaseUrl(),
  BACKUP_WAL: yesOrNo('false'),
  BACKUP_WAL_SECONDS: wholeNumber(1, 3_600, 30),
  RETENTION_LOG_MONTHS: wholeNumber(0, 1_200, 0),
  RETENTION_DELIVERIES_DAYS: wholeNumber(1, 3_650, 30),
  RETENTION_USAGE_MONTHS: wholeNumber(0, 1_200, 0),
  RETENTION_NOTIFICATIONS_DAYS: wholeNumber(1, 3_650, 90),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `not one of ${LOG_LEVELS.join(', ')}`)
    .prefault('info')
    .register(variables, { example: 'info' }),
});

/** The environment, checked: absent ports, sizes and levels have their defaults, absent URLs stay undefined. */
export type Settings = z.output<typeof settingsSchema>;

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/**
 * Reads the environment; a `.env` file in the working folder fills in what the real environment leaves out.
 * Command-line flags go in as `overrides` under the variable's name, so that they are checked alike.
 * @throws StartProblem with one line per wrong value: its name, the problem, an example
 */
export function readSettings(overrides: Partial<Record<keyof Settings, string | undefined>> = {}): Settings {
  const file = resolve('.env');
  if (existsSync(file)) process.loadEnvFile(file);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return parseSettings({ ...process.env, ...given });
}

/** The same for a given environment; variables that are not ours are passed over, empty ones count as absent. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = new Map<string, string>();
  for (const { path, message } of parsed.error.issues) {
    const name = String(path[0]) as keyof Settings;
    if (!lines.has(name)) lines.set(name, describeProblem(name, present[name], message));
  }
  throw new StartProblem([...lines.values()].join('\n'));
}

/** An example that the schema accepts, for messages and for the test of .env.example. */
export function exampleOf(name: keyof Settings): string {
  return variables.get(settingsSchema.shape[name] as z.ZodType)?.example ?? '';
}

function describeProblem(name: keyof Settings, value: string | undefined, problem: string): string {
  const { secret } = variables.get(settingsSchema.shape[name] as z.ZodType) ?? {};
  const shown = secret ? ' (value not shown)' : `=${JSON.stringify(value)}`;
  return `${name}${shown}: ${problem}; example: ${name}=${exampleOf(name)}`;
}
