import {
  API_FULL,
  API_QUICK,
  apiTableOf,
  COINS_FULL,
  COINS_QUICK,
  coinsTableOf,
  FULL,
  QUICK,
  runApiBench,
  runBench,
  runCoinsBench,
  runSearchBench,
  runWorkersBench,
  SEARCH_FULL,
  SEARCH_QUICK,
  searchTableOf,
  tableOf,
  WORKERS_FULL,
  WORKERS_QUICK,
  workersTableOf,
} from '../loadtest/bench/index.ts';
import { readArguments } from './arguments.ts';
import { runCommand } from './run-command.ts';

/** What shells report of a command that was ended by Ctrl-C. */
const STOPPED = 130;

/** Measures speed in one run on one fresh database; see loadtest/bench. */
await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run bench',
    purpose: 'Measures the speed of everything on the way of a ballot, in one run on one fresh database of its own.',
    flags: {
      json: { type: 'boolean', purpose: 'one line of JSON at the end instead of the table' },
      api: { type: 'boolean', purpose: 'instead: the HTTP API (import, member search, pages, common reads)' },
      search: { type: 'boolean', purpose: 'instead: the search, in PostgreSQL and in an OpenSearch of its own' },
      coins: { type: 'boolean', purpose: 'instead: coins that are given, through the engine and through sockets' },
      workers: { type: 'boolean', purpose: 'instead: the workers, and what they leave of the speed of ballots' },
      quick: { type: 'boolean', purpose: 'smaller counts, done within 50 s' },
      growth: {
        type: 'boolean',
        purpose: 'also: the rate with 10 million ballots stored; up to 10 GB of disk, minutes',
      },
      fanout: { type: 'boolean', purpose: 'also: age of a live tally at 5,000 subscribers under 5,000 ballots/s' },
      idle: { type: 'boolean', purpose: 'also: memory of the gateway for each of 10,000 idle sockets' },
    },
    notes: [
      'Progress goes to standard error. Load, gateway and database share the cores of this machine, so absolute figures',
      'move with it; ratios are taken within the run. TMPDIR says where the database lies while it runs.',
    ],
  });
  const stop = new AbortController();
  const abort = () => stop.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const giveUp = (error: unknown): never => {
    // whatever was being measured still hangs on connections that are gone
    if (stop.signal.aborted) process.exit(STOPPED);
    throw error;
  };
  const print = <Report>(report: Report, table: (report: Report) => string) => {
    process.stdout.write(`${flags.json ? JSON.stringify(report) : `\n${table(report)}`}\n`);
  };
  if (flags.api) {
    const sizes = flags.quick ? API_QUICK : API_FULL;
    print(await runApiBench({ sizes, say, signal: stop.signal }).catch(giveUp), apiTableOf);
    return;
  }
  if (flags.search) {
    const sizes = flags.quick ? SEARCH_QUICK : SEARCH_FULL;
    print(await runSearchBench({ sizes, say, signal: stop.signal }).catch(giveUp), searchTableOf);
    return;
  }
  if (flags.coins) {
    const sizes = flags.quick ? COINS_QUICK : COINS_FULL;
    print(await runCoinsBench({ sizes, say, signal: stop.signal }).catch(giveUp), coinsTableOf);
    return;
  }
  if (flags.workers) {
    const sizes = flags.quick ? WORKERS_QUICK : WORKERS_FULL;
    print(await runWorkersBench({ sizes, say, signal: stop.signal }).catch(giveUp), workersTableOf);
    return;
  }
  const options = {
    sizes: flags.quick ? QUICK : FULL,
    growth: flags.growth,
    fanout: flags.fanout,
    idle: flags.idle,
    say,
    signal: stop.signal,
  };
  print(await runBench(options).catch(giveUp), tableOf);
});
