import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CampaignDemoSummary } from '../../loadtest/demo/campaign.ts';
import type { CampaignReplaySummary } from '../../loadtest/replay/campaign-report.ts';
import { type OwnServer, startOwnServer } from '../../loadtest/server.ts';
import { makeSharedTempFolder } from '../../sql/embedded/index.ts';
import { endCommands, runCommandOf } from '../harness/command.ts';

const SMALL = 'test/harness/election-files';
const folder = await makeSharedTempFolder('psephos-campaign-');
const dataDir = join(folder, 'data');
let server: OwnServer | undefined;

beforeAll(async () => {
  server = await startOwnServer({ dataDir, environment: { LOG_LEVEL: 'error' } });
}, 240_000);

afterAll(async () => {
  await server?.stop();
  await endCommands();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs to its end; its last line is JSON. */
async function played<Summary>(command: string, args: readonly string[]) {
  const running = runCommandOf(command, [...args, '--url', server?.httpUrl ?? '', '--data-dir', dataDir, '--json']);
  const code = await running.ended;
  const last = running.out().trimEnd().split('\n').at(-1) ?? '';
  expect(last, `${running.out()}\n${running.err()}`).toMatch(/^\{/);
  return { code, summary: JSON.parse(last) as Summary, said: running.out() };
}

const replay = (...args: string[]) => played<CampaignReplaySummary>('replay', [...args, '--as', 'campaign']);
const good = { board_equals_file: true, watcher_equals_board: true, contradictions: 0 };

describe('npm run replay -- FILE --as campaign', () => {
  test('everybody gives the points as coins, and the board has the scores of the file', {
    timeout: 90_000,
  }, async () => {
    const { code, summary, said } = await replay(`${SMALL}/parks-cumulative.pb`);
    expect(summary).toMatchObject({ ...good, people: 7, gifts: 9, acknowledged: 9, coins: 60, spent: 7_500 });
    expect(summary.winners).toEqual(['The library; a corner for children', 'A garden', 'Bike racks']);
    expect(said).toContain('All is well');
    expect(code).toBe(0);
  });

  test('with the greedy rule the stage and the garden win', { timeout: 90_000 }, async () => {
    const { summary } = await replay(`${SMALL}/parks-cumulative.pb`, '--rule', 'greedy', '--sockets', '1');
    expect(summary).toMatchObject({ ...good, rule: 'greedy', winners: ['A stage', 'A garden'], spent: 12_000 });
  });

  test.for([
    [[`${SMALL}/parks-approval.pb`, '--as', 'campaign'], 'distribute points'],
    [[`${SMALL}/parks-cumulative.pb`, '--as', 'meeting'], 'the other thing it can be is a campaign'],
    [[`${SMALL}/parks-cumulative.pb`, '--as', 'campaign', '--rule', 'lot'], 'not one of greedy, equal_shares'],
    [[`${SMALL}/parks-cumulative.pb`, '--as', 'campaign', '--data-dir', '/nowhere/psephos'], 'start it with npm start'],
  ] as const)('%s is explained', { timeout: 30_000 }, async ([args, words]) => {
    const command = runCommandOf('replay', [...args, '--url', server?.httpUrl ?? '']);
    expect(await command.ended).toBe(1);
    expect(command.err()).toContain(words);
    expect(command.err()).not.toContain('    at ');
  });
});

describe('npm run demo -- --campaign', () => {
  test('people propose real projects, join, give, and the ledger agrees', { timeout: 120_000 }, async () => {
    const args = ['--campaign', '--attendees', '12', '--minutes', '0.4', '--seed', '11'];
    const { code, summary, said } = await played<CampaignDemoSummary>('demo', args);
    expect(summary).toMatchObject({ people: 12, ideas: 40, contradictions: 0, refused: {}, stopped: false, seed: 11 });
    expect(summary.given).toBeGreaterThan(0);
    expect(summary.coins).toBeGreaterThan(0);
    expect(summary.coins).toBeLessThanOrEqual(12 * 10);
    expect(said).toContain('proposes: ');
    expect(said).toContain(`${server?.httpUrl}/campaigns/${summary.campaign_id}`);
    expect(code).toBe(0);
  });

  test('Ctrl-C completes the campaign as it stands', { timeout: 60_000 }, async () => {
    const args = [
      '--campaign',
      '--attendees',
      '3',
      '--minutes',
      '2',
      '--url',
      server?.httpUrl ?? '',
      '--data-dir',
      dataDir,
    ];
    const command = runCommandOf('demo', [...args, '--json']);
    await command.says(/proposes: /);
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(130);
    const summary = JSON.parse(command.out().trimEnd().split('\n').at(-1) ?? '') as CampaignDemoSummary;
    expect(summary).toMatchObject({ stopped: true, contradictions: 0 });
  });
});
