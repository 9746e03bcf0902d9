import { randomInt } from 'node:crypto';
import { runFaults } from '../loadtest/fault/index.ts';
import { readArguments } from './arguments.ts';
import { runCommand } from './run-command.ts';

const RUNS_DEFAULT = 20;
const RUNS_MAX = 10_000;
const SEED_RANGE = 2 ** 31;

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run fault',
    purpose:
      'Voters cast through sockets while gateways and PostgreSQL are killed, connections are cut or go silent, and a ' +
      'close races the votes; then everything that was told is audited against what was published. On servers of its ' +
      'own, 2-4 s a run.',
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
      queue: {
        type: 'boolean',
        purpose: 'with Redis and BALLOT_FALLBACK=queue: ballots wait there, and Redis is killed as well',
      },
      json: { type: 'boolean', purpose: 'prints the figures as one line of JSON at the end' },
    },
    notes: [
      'Exit code 1 if anything acknowledged was lost or doubled, anything told was untrue, or a gateway crashed.',
    ],
  });
  const seed = flags.seed ?? randomInt(SEED_RANGE);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true; // the run goes to its end, so that what it started is ended as well
      say('Stopping after this run …');
    });
  }
  say(`The plans have seed ${seed}; to repeat them: npm run fault -- ${flags.queue ? '--queue ' : ''}--seed ${seed}`);
  const summary = await runFaults({
    runs: flags.runs ?? RUNS_DEFAULT,
    seed,
    from: flags.from ?? 1,
    queue: flags.queue,
    say,
    stopped: () => stopped,
  });
  const { lost, doubled, untrue, crashes, ...figures } = summary;
  if (flags.json) say(JSON.stringify(summary));
  else {
    say(
      `${figures.runs} runs, ${figures.kills} kills, ${figures.cuts} cuts, ${figures.half_open} half-open, ${figures.acked} acknowledged${flags.queue ? `, ${figures.queued} queued before` : ''}`,
    );
    say(`${lost} lost, ${doubled} doubled, ${untrue} untrue, ${crashes} crashes`);
  }
  return lost + doubled + untrue + crashes === 0 ? 0 : 1;
});
