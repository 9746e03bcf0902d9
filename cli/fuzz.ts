import { randomInt } from 'node:crypto';
import { runFuzz } from '../loadtest/fuzz/index.ts';
import { fuzzApi } from './api-fuzz.ts';
import { readArguments } from './arguments.ts';
import { runCommand } from './run-command.ts';

const COUNT_DEFAULT = 100_000;
const API_COUNT_DEFAULT = 10_000;
const COUNT_MIN = 1_000;
const COUNT_MAX = 100_000_000;
const SEED_RANGE = 2 ** 31;

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run fuzz',
    purpose:
      'Sends malformed, oversized, deeply nested, binary and misplaced frames, requests and plain bytes to a server of ' +
      'its own, which must neither crash nor answer 5xx nor grow.',
    flags: {
      count: {
        type: 'number',
        placeholder: 'N',
        purpose: `inputs, ${COUNT_DEFAULT} if left out (with --api ${API_COUNT_DEFAULT})`,
        min: COUNT_MIN,
        max: COUNT_MAX,
      },
      seed: {
        type: 'number',
        placeholder: 'N',
        purpose: 'repeats the inputs of an earlier run',
        min: 0,
        max: SEED_RANGE - 1,
      },
      api: {
        type: 'boolean',
        purpose: 'instead: schemathesis, every operation of the OpenAPI document as each role; answers must keep to it',
      },
      json: { type: 'boolean', purpose: 'prints the figures as one line of JSON at the end' },
    },
    notes: ['Exit code 1 on any failure; the inputs that did it are printed in base64.'],
  });
  const seed = flags.seed ?? randomInt(SEED_RANGE);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  say(`The inputs have seed ${seed}; to repeat them: npm run fuzz --${flags.api ? ' --api' : ''} --seed ${seed}`);
  if (flags.api) return fuzzApi({ count: flags.count ?? API_COUNT_DEFAULT, seed, json: flags.json, say });
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true; // what was started is ended in order
    });
  }
  const { summary, failed } = await runFuzz({ count: flags.count ?? COUNT_DEFAULT, seed, say, stopped: () => stopped });
  if (flags.json) say(JSON.stringify(summary));
  else {
    say(
      `${summary.count} inputs in ${summary.seconds} s: ${summary.crashes} crashes, ${summary.status_5xx} answers 5xx, ` +
        `${summary.internal} INTERNAL_001, ${summary.silent} silences; memory ${(summary.rss_growth * 100).toFixed(1)} %`,
    );
  }
  return failed ? 1 : 0;
});
