import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exampleOf, parseSettings, type Settings, settingsSchema } from '../../cli/settings.ts';
import { showsOutbox, workerSettingsOf } from '../../cli/worker-settings.ts';

const NAMES = Object.keys(settingsSchema.shape) as (keyof Settings)[];
const EXAMPLE_FILE = readFileSync('.env.example', 'utf8');

/** name -> value of every `# NAME=value` line */
function documented(): Map<string, string> {
  const lines = EXAMPLE_FILE.matchAll(/^# ([A-Z][A-Z0-9_]*)=(.*)$/gm);
  return new Map([...lines].map(([, name, value]) => [name ?? '', value ?? '']));
}

function problemOf(environment: Record<string, string>): string {
  try {
    parseSettings(environment);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('settings', () => {
  test('everything has a default, so an empty environment starts', () => {
    expect(parseSettings({})).toEqual({
      AUDIT_KEEP_MONTHS: 24,
      BALLOT_FALLBACK: 'off',
      BACKUP_KEEP: 14,
      BACKUP_WAL: false,
      BACKUP_WAL_SECONDS: 30,
      RETENTION_LOG_MONTHS: 0,
      RETENTION_DELIVERIES_DAYS: 30,
      RETENTION_USAGE_MONTHS: 0,
      RETENTION_NOTIFICATIONS_DAYS: 90,
      HOST: '127.0.0.1',
      PORT: 8080,
      WS_PORT: 8081,
      POSTGRES_PORT: 0,
      WORKERS_PORT: 0,
      SOCKETS_MAX: 20_000,
      SOCKETS_PER_ADDRESS: 10_000,
      HOT_POOL: 3,
      POOL: 5,
      MAIL_PER_SECOND: 20,
      WEBHOOK_ALLOW_PRIVATE: false,
      LOG_LEVEL: 'info',
    });
  });

  test('a wrong port stops with its name, the problem and an example', () => {
    expect(problemOf({ PORT: '80a' })).toBe(
      'PORT="80a": not a whole number from 0 to 65535 (0 = any free port); example: PORT=8080',
    );
  });

  test.each([
    ['PORT', '65536'],
    ['WS_PORT', '-1'],
    ['HOT_POOL', '5'],
    ['HOT_POOL', '1'],
    ['POOL', '0'],
    ['HOST', 'a b'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'vote.example'],
    ['PUBLIC_WS_URL', 'https://vote.example'],
    ['ORIGINS', 'https://vote.example/path'],
    ['TRUSTED_PROXIES', 'everybody'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['SOCKETS_MAX', '0'],
    ['MAIL_FROM', 'nobody'],
    ['MAIL_FROM', 'a@b, c@d'],
    ['MAIL_PER_SECOND', '0'],
    ['WEBHOOK_ALLOW_PRIVATE', 'yes'],
  ])('%s=%s is refused and named', (name, value) => {
    expect(problemOf({ [name]: value })).toMatch(
      new RegExp(`^${name}=${JSON.stringify(value)}: not .+; example: ${name}=.+$`),
    );
  });

  test('every wrong value is told at once', () => {
    expect(problemOf({ PORT: 'x', POOL: 'y' }).split('\n')).toHaveLength(2);
  });

  test('a database address is never shown, not even in the error about it', () => {
    const problem = problemOf({ DATABASE_URL: 'mysql://owner:hunter2@db/psephos' });
    expect(problem).toContain('DATABASE_URL (value not shown): not a URL');
    expect(problem).not.toContain('hunter2');
  });

  test('a mail server is never shown either, and mails need a sender', () => {
    expect(problemOf({ SMTP_URL: 'https://votes:hunter2@mail' })).toMatch(/^SMTP_URL \(value not shown\): not a URL/);
    const settings = parseSettings({ SMTP_URL: 'smtp://127.0.0.1:25' });
    expect(() => workerSettingsOf(settings, '')).toThrow('MAIL_FROM is missing');
    for (const MAIL_FROM of ['votes@example.org', 'Psephos <votes@example.org>', '<votes@example.org>']) {
      expect(workerSettingsOf({ ...settings, MAIL_FROM }, '').mail).toMatchObject({ from: MAIL_FROM, perSecond: 20 });
      expect(parseSettings({ MAIL_FROM }).MAIL_FROM).toBe(MAIL_FROM);
    }
    expect(problemOf({ MAIL_FROM: 'a@b\r\nBcc: c@d' })).toContain('not an address');
  });

  test('the outbox is shown where no mail is sent and nobody else can look', () => {
    expect(showsOutbox(parseSettings({}))).toBe(true);
    expect(showsOutbox(parseSettings({ HOST: '::1' }))).toBe(true);
    expect(showsOutbox(parseSettings({ HOST: '0.0.0.0' }))).toBe(false);
    expect(showsOutbox(parseSettings({ SMTP_URL: 'smtp://127.0.0.1:25' }))).toBe(false);
  });

  test('empty means absent, and variables that are not ours are passed over', () => {
    expect(parseSettings({ PORT: '', PSEPHOS_PORTS: 'x', PG: '1' })).toEqual(parseSettings({}));
  });

  test('origins come as a list without trailing slashes', () => {
    expect(parseSettings({ ORIGINS: 'https://a.example/, http://localhost:3000' }).ORIGINS).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ]);
  });
});

describe('.env.example', () => {
  test('documents exactly the variables of the schema', () => {
    expect([...documented().keys()].sort()).toEqual([...NAMES].sort());
  });

  test.each(NAMES)('%s has an accepted value there and in its error', (name) => {
    const value = documented().get(name) ?? '';
    expect(value).toBe(exampleOf(name));
    expect(parseSettings({ [name]: value })[name]).toBeDefined();
  });

  test('shows the defaults as they are', () => {
    for (const [name, value] of Object.entries(parseSettings({}))) expect(documented().get(name)).toBe(String(value));
  });
});
