import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exampleOf, parseSettings, type Settings, settingsSchema } from '../../cli/settings.ts';

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
      HOST: '127.0.0.1',
      PORT: 8080,
      WS_PORT: 8081,
      POSTGRES_PORT: 0,
      HOT_POOL: 3,
      POOL: 5,
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
