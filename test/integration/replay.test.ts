import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PsephosHttp } from '../../client/index.ts';
import type { ReplaySummary } from '../../loadtest/replay/report.ts';
import { type OwnServer, startOwnServer } from '../../loadtest/server.ts';
import { makeSharedTempFolder } from '../../sql/embedded/index.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';

const SMALL = 'test/harness/election-files';
const REAL = 'loadtest/elections';

const folder = await makeSharedTempFolder('psephos-replay-');
const dataDir = join(folder, 'data');
let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer({ dataDir, environment: { LOG_LEVEL: 'trace' } });
});

afterAll(async () => {
  await server.stop();
  await endCommands();
  rmSync(folder, { recursive: true, force: true });
});

/** Replays and gives the last line; on the server of this file unless another is named. */
async function replay(file: string, args: readonly string[] = [], url: string | null = server.httpUrl) {
  const target = url === null ? [] : ['--url', url];
  const key = url === null ? {} : { PSEPHOS_API_KEY: server.apiKey ?? '' };
  const command = runCommandOf('replay', [file, '--json', ...target, ...args], key);
  const code = await command.ended;
  const last = command.out().trimEnd().split('\n').at(-1) ?? '';
  expect(last, `${command.out()}\n${command.err()}`).toMatch(/^\{/);
  return { code, summary: JSON.parse(last) as ReplaySummary, said: command.out() };
}

async function electionsHeld(): Promise<number> {
  const http = new PsephosHttp({ baseUrl: server.httpUrl, secret: server.apiKey ?? '' });
  return (await http.elections({ limit: 1_000 })).items.length;
}

const good = { refused: {}, tally_equals_recount: true, watcher_equals_result: true, result_equals_file: true };

describe('a small file of each format', () => {
  const cases: readonly [file: string, args: string[], expected: Partial<ReplaySummary>][] = [
    ['council.csv', [], { ballots: 9, blank: 3, winners: ['Moreau'], method: 'irv' }],
    ['council.csv', ['--method', 'schulze', '--weights'], { ballots: 9, blank: 3 }],
    ['council.csv', ['--method', 'stv', '--seats', '2', '--weights', '--named'], { ballots: 9, blank: 3 }],
    ['food.toi', ['--method', 'borda', '--weights'], { ballots: 12, winners: ['Soup'] }],
    ['committee-old-form.toc', ['--method', 'plurality', '--rate', '100'], { ballots: 10, winners: ['Ada'] }],
    ['parks-approval.pb', ['--sockets', '1'], { blank: 1, expected_equal: true }],
    ['schools-scoring.pb', [], { blank: 1, expected_equal: true }],
    ['schools-scoring.pb', ['--method', 'judgment'], { blank: 1, expected_equal: null }],
    ['streets-ordinal.pb', ['--named'], { method: 'borda' }],
  ];
  for (const [file, args, expected] of cases) {
    // each is a process that loads for longer than it works
    test.concurrent(`${file} ${args.join(' ')}`, async () => {
      const { code, summary } = await replay(`${SMALL}/${file}`, args);
      expect(summary).toMatchObject({ ...good, ...expected, acknowledged: summary.ballots, stored: summary.ballots });
      expect(code).toBe(0);
    });
  }

  test.concurrent('weights of the file itself', async () => {
    const file = join(folder, 'weights.csv');
    writeFileSync(file, 'weight,rank1,rank2\n0.333333,Ada,Grace\n2.5,Grace,\n1,Ada,\n');
    const { code, summary } = await replay(file, ['--method', 'irv']);
    expect(summary).toMatchObject({ ...good, ballots: 3, stored: 3, winners: ['Grace'] });
    expect(code).toBe(0);
  });
});

describe('real elections', () => {
  test.concurrent('Dublin North 2002 elects Sargent, Ryan, Wright and Glennon, on a server of its own', async () => {
    const args = ['--method', 'stv', '--seats', '4'];
    const { code, summary } = await replay(`${REAL}/dublin-north-2002.soi`, args, null);
    expect(summary).toMatchObject({ ...good, ballots: 43_942, acknowledged: 43_942, stored: 43_942, rounds: 10 });
    const winners = summary.winners.map((name) => /Sargent|Ryan|Wright|Glennon/.exec(name)?.[0]);
    expect(winners.sort()).toEqual(['Glennon', 'Ryan', 'Sargent', 'Wright']);
    expect(code).toBe(0);
  }, 90_000);

  test.concurrent('Częstochowa 2020 gives its own score column for all 90 projects', async () => {
    const { code, summary, said } = await replay(`${REAL}/czestochowa-2020.pb`);
    expect(summary).toMatchObject({ ...good, ballots: 16_978, stored: 16_978, expected_equal: true });
    expect(said).toContain('its column "score" agrees for all 90 options');
    expect(code).toBe(0);
  }, 90_000);

  test('after all these replays no log of ours or of PostgreSQL holds a token, a key, a cast key or a ballot', () => {
    const postgresLogs = join(dataDir, 'postgres', 'log');
    const ours = server.log();
    expect(ours.split('\n').length).toBeGreaterThan(1_000); // it did log
    const logs = [ours, ...readdirSync(postgresLogs).map((name) => readFileSync(join(postgresLogs, name), 'utf8'))];
    for (const log of logs) {
      expect(log).not.toContain(server.apiKey);
      // tokens of replays, cast keys and tracking codes (32 hexadecimal digits), credentials (64), fields of ballots
      const found =
        /vt_|psk_|(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{64})(?![0-9a-f])|"(?:ranking|points|scores|grades)"/.exec(log);
      expect(found?.[0]).toBeUndefined();
    }
  });
});

describe('what cannot be replayed', () => {
  /** What each of these says; side by side, since none of them makes an election. */
  async function refusalsOf(...calls: readonly (readonly string[])[]): Promise<string[]> {
    const before = await electionsHeld();
    const said = await Promise.all(
      calls.map(async (args) => {
        const command = runCommandOf('replay', [...args, '--url', server.httpUrl], {
          PSEPHOS_API_KEY: server.apiKey ?? '',
        });
        expect(await command.ended).toBe(1);
        expect(command.err()).not.toContain('    at ');
        return command.err();
      }),
    );
    expect(await electionsHeld()).toBe(before);
    return said;
  }

  test('a malformed file names the line and what is wrong, and creates nothing', async () => {
    const file = join(folder, 'broken.csv');
    writeFileSync(file, 'rank1,rank2\nAda,Grace\n"Ada,Grace\n');
    const [broken, absent] = await refusalsOf([file], [join(folder, 'absent.soi')]);
    expect(broken).toMatch(/^broken\.csv line 3: /);
    expect(absent).toContain('there is no such file');
  });

  test('a method that does not fit, or arguments that make no sense', async () => {
    const [method, seats, rate, both] = await refusalsOf(
      [`${SMALL}/parks-approval.pb`, '--method', 'stv'],
      [`${SMALL}/council.csv`, '--seats', '9'],
      [`${SMALL}/council.csv`, '--rate', 'fast'],
      [`${SMALL}/council.csv`, '--named', '--secret'],
    );
    expect(method).toContain('cannot be cast with stv');
    expect(seats).toContain('9 seats for 4 options');
    expect(rate).toContain('--rate fast');
    expect(both).toContain('not both');
  });

  test('a server that is not there, or a key that it does not know', async () => {
    const file = `${SMALL}/council.csv`;
    const [away, refused, without] = [
      runCommandOf('replay', [file, '--url', 'http://127.0.0.1:9', '--api-key', 'psk_no']),
      runCommandOf('replay', [file, '--url', server.httpUrl, '--api-key', 'psk_no']),
      runCommandOf('replay', [file, '--url', server.httpUrl]),
    ];
    expect(await Promise.all([away.ended, refused.ended, without.ended])).toEqual([1, 1, 1]);
    expect(away.err()).toContain('UNREACHABLE');
    expect(refused.err()).toContain('AUTH_001');
    expect(without.err()).toContain('PSEPHOS_API_KEY');
  });

  test('a replay that is stopped cancels its election', async () => {
    const command = runCommandOf('replay', [`${REAL}/czestochowa-2020.pb`, '--rate', '200', '--url', server.httpUrl], {
      PSEPHOS_API_KEY: server.apiKey ?? '',
    });
    const [, electionId = ''] = await command.says(/Open: election (\S+),/);
    await command.says(/everybody votes/);
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(1);
    expect(command.err()).toContain('Stopped.');
    const http = new PsephosHttp({ baseUrl: server.httpUrl, secret: server.apiKey ?? '' });
    expect((await http.election(electionId)).state).toBe('cancelled');
  });
});
