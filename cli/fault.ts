import { randomInt } from 'node:crypto';
import { type FaultSummary, flagsOf, runFaults } from '../loadtest/fault/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { proveEngine } from './fault-proof.ts';
import { runCommand } from './run-command.ts';

const RUNS_DEFAULT = 20;
const RUNS_MAX = 10_000;
const SEED_RANGE = 2 ** 31;

/** The figures for people. */
function linesOf(
  summary: FaultSummary,
  { queue, workers }: { readonly queue: boolean; readonly workers: boolean },
): string[] {
  const { lost, doubled, untrue, crashes, ...figures } = summary;
  return [
    `${figures.runs} runs, ${figures.kills} kills, ${figures.cuts} cuts, ${figures.half_open} half-open, ` +
      `${figures.acked} acknowledged${queue ? `, ${figures.queued} queued before` : ''}`,
    `${figures.coins_acked} movements of coins acknowledged, ${figures.coins_created} coins from nothing`,
    `${lost} lost, ${doubled} doubled, ${untrue} untrue, ${crashes} crashes`,
    ...(workers
      ? [
          `killed: workers ${figures.workers_killed}, Redis ${figures.redis_killed}, OpenSearch ${figures.opensearch_killed}; ` +
            `effects: ${figures.effects_missing} missing, ${figures.effects_doubled} doubled`,
        ]
      : []),
  ];
}

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run fault',
    purpose:
      'Voters cast through sockets while gateways and PostgreSQL are killed, connections are cut or go silent, and a ' +
      'close races the votes; then everything that was told is audited against what was published. With --workers the ' +
      'same of workers, and of what they did. On servers of its own, 2-4 s a run.',
    flags: {
      runs: { type: 'number', placeholder: 'N', purpose: `runs, ${RUNS_DEFAULT} if left out`, min: 1, max: RUNS_MAX },
      seed: {
        type: 'number',
        placeholder: 'N',
        purpose: 'repeats the plans of an earlier campaign',
        min: 0,
        max: SEED_RANGE - 1,
      },
      from: { type: 'number', placeholder: 'N', purpose: 'number of the first run (1)', min: 1, max: RUNS_MAX },
      coins: {
        type: 'boolean',
        purpose: 'coins of campaigns move in every run; without it in every fourth',
      },
      queue: {
        type: 'boolean',
        purpose: 'with Redis and BALLOT_FALLBACK=queue: ballots wait there, and Redis is killed as well',
      },
      workers: {
        type: 'boolean',
        purpose: 'workers run beside and are killed in every run; their effects must be there once each',
      },
      redis: {
        type: 'boolean',
        purpose: 'with --workers: their jobs wait in Redis, which is killed (so with --queue)',
      },
      search: {
        type: 'boolean',
        purpose: 'with --workers: OpenSearch is there and killed; it is installed if missing',
      },
      json: { type: 'boolean', purpose: 'prints the figures as one line of JSON at the end' },
    },
    notes: [
      'Exit code 1 if anything acknowledged was lost or doubled, anything told was untrue, a process crashed, or an effect',
      'of workers is missing or there twice: every batch of ballots in an audit chain that verifies, every consumer at the',
      'head of the log, one notification for each invited member, a search that equals the database, no job that is stuck,',
      'no dead letter. That is audited after every 10th run and after the last, once nothing waits any more.',
    ],
  });
  if ((flags.redis || flags.search) && !flags.workers) {
    throw new StartProblem(
      '--redis and --search say what workers work with: npm run fault -- --workers --redis --search',
    );
  }
  const { coins, queue, workers, search } = flags;
  const beside = { workers, redis: workers && (flags.redis || queue), search };
  const seed = flags.seed ?? randomInt(SEED_RANGE);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true; // the run goes to its end, so that what it started is ended as well
      say('Stopping after this run …');
    });
  }
  say(
    `The plans have seed ${seed}; to repeat them: npm run fault -- ${flagsOf({ queue, beside, coins })}--seed ${seed}`,
  );
  const summary = await runFaults({
    runs: flags.runs ?? RUNS_DEFAULT,
    seed,
    from: flags.from ?? 1,
    queue,
    beside,
    coins,
    prove: proveEngine,
    say,
    stopped: () => stopped,
  });
  const { lost, doubled, untrue, coins_created, crashes, effects_missing, effects_doubled } = summary;
  if (flags.json) say(JSON.stringify(summary));
  else for (const line of linesOf(summary, { queue, workers })) say(line);
  return lost + doubled + untrue + coins_created + crashes + effects_missing + effects_doubled === 0 ? 0 : 1;
});
