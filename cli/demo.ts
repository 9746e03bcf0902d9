import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { PsephosError } from '../client/index.ts';
import { type DemoSummary, EmptyHall, playMeeting } from '../loadtest/demo/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { runCampaignDemo } from './demo-campaign.ts';
import { runCommand } from './run-command.ts';

const URL_DEFAULT = 'http://localhost:8080';
const ATTENDEES_DEFAULT = 300;
const ATTENDEES_MAX = 2_000;
const MINUTES_DEFAULT = '3';
const MINUTES_MIN = 0.1;
const MINUTES_MAX = 60;
const SEED_RANGE = 2 ** 31;
/** What shells report of a command that was ended by Ctrl-C. */
const STOPPED = 130;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const FLAGS = {
  url: { type: 'string', placeholder: 'URL', purpose: `HTTP address of the running server (${URL_DEFAULT})` },
  'api-key': { type: 'string', placeholder: 'KEY', purpose: 'of a moderator there; better as PSEPHOS_API_KEY' },
  attendees: {
    type: 'number',
    placeholder: 'N',
    purpose: `simulated people (${ATTENDEES_DEFAULT}; 500 in a campaign)`,
    min: 1,
    max: ATTENDEES_MAX,
  },
  minutes: {
    type: 'string',
    placeholder: 'N',
    purpose: `how long it takes, ${MINUTES_MIN} to ${MINUTES_MAX} (${MINUTES_DEFAULT})`,
  },
  seed: {
    type: 'number',
    placeholder: 'N',
    purpose: 'the same people with the same opinions as in an earlier run',
    min: 0,
    max: SEED_RANGE - 1,
  },
  'allow-remote': { type: 'boolean', purpose: 'plays against a server that is not on this machine, too' },
  campaign: {
    type: 'boolean',
    purpose: 'instead of a meeting: a campaign in which people move coins between real projects',
  },
  'data-dir': { type: 'string', placeholder: 'FOLDER', purpose: "with --campaign: the running server's data (./data)" },
  json: { type: 'boolean', purpose: 'ends with one line of JSON' },
} as const;

await runCommand(async () => {
  const { flags } = readArguments({
    command: 'npm run demo',
    purpose:
      'Plays a lively meeting on a running server: people join in waves, think, vote in elections of several methods, ' +
      'drop out and come back, while a moderator opens, extends, closes and publishes. Open the pages and watch.',
    flags: FLAGS,
    notes: [
      'Start the server first: npm start. On its first start it prints the API key of the demo moderator; npm start --',
      '--new-key prints another one. Give it as PSEPHOS_API_KEY; at a terminal the demo asks for it.',
      'Ctrl-C ends it; what it opened is cancelled, a campaign is completed as it stands.',
      '--campaign needs no key, and a server of this machine: its members are made on the data of the server.',
    ],
  });
  const httpUrl = addressOf(flags.url ?? URL_DEFAULT, flags['allow-remote']);
  const durationMs = minutesOf(flags.minutes ?? MINUTES_DEFAULT) * 60_000;
  const seed = flags.seed ?? randomInt(SEED_RANGE);
  const screen = {
    isTerminal: process.stdout.isTTY === true && !flags.json,
    write: (text: string) => process.stdout.write(text),
  };
  if (flags.campaign) {
    const given = { httpUrl, durationMs, seed, dataDir: flags['data-dir'], people: flags.attendees, json: flags.json };
    const stopped = await asPerson(httpUrl, () => runCampaignDemo(given, screen, stopSignal()));
    return stopped ? STOPPED : 0;
  }
  const apiKey = await keyOf(flags['api-key'] ?? process.env.PSEPHOS_API_KEY);
  const attendees = flags.attendees ?? ATTENDEES_DEFAULT;
  const signal = stopSignal();
  return asPerson(httpUrl, async () => {
    const summary = await playMeeting({ httpUrl, apiKey, attendees, durationMs, seed, screen, signal });
    screen.write(`\n${farewell(summary)}\n`);
    if (flags.json) screen.write(`${JSON.stringify(summary)}\n`);
    return summary.stopped ? STOPPED : 0;
  });
});

/** From now on Ctrl-C ends what is played, and what was opened is tidied up. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** What the server refuses, in words for a person. */
async function asPerson<T>(httpUrl: string, play: () => Promise<T>): Promise<T> {
  try {
    return await play();
  } catch (error) {
    if (error instanceof EmptyHall) throw new StartProblem(emptyHall(error));
    throw error instanceof PsephosError ? refusal(error, httpUrl) : error;
  }
}

function addressOf(text: string, allowRemote: boolean): string {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text)) {
    throw new StartProblem(`--url ${text}: not an HTTP address; example: --url ${URL_DEFAULT}`);
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new StartProblem('--url: give the address alone. The key goes into PSEPHOS_API_KEY, never into an address.');
  }
  if (!allowRemote && !LOOPBACK.test(url.hostname)) {
    throw new StartProblem(
      `${url.hostname} is not this machine. The demo fills a meeting with invented people; --allow-remote does it there.`,
    );
  }
  return url.origin;
}

function minutesOf(text: string): number {
  const minutes = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (minutes >= MINUTES_MIN && minutes <= MINUTES_MAX) return minutes;
  throw new StartProblem(`--minutes ${text}: not a number from ${MINUTES_MIN} to ${MINUTES_MAX}`);
}

async function keyOf(given: string | undefined): Promise<string> {
  const typed = given || (process.stdin.isTTY ? await askForKey() : '');
  if (/^psk_[\w-]+$/.test(typed.trim())) return typed.trim();
  throw new StartProblem(
    'The demo needs the API key of a moderator (psk_…): npm start prints it on its first start, npm start -- --new-key ' +
      'prints another one. Set PSEPHOS_API_KEY to it.',
  );
}

async function askForKey(): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question('API key of the demo moderator (npm start has printed it): ');
  } finally {
    terminal.close();
  }
}

function farewell({ joined, elections, ballots, reconnects, told_twice: twice, ...rest }: DemoSummary): string {
  return [
    `${rest.stopped ? 'Stopped' : 'The meeting is over'}: ${joined} people, ${elections} elections, ${ballots} ballots,`,
    `each acknowledged after it was on disk (half of them within ${rest.ack_p50_ms} ms, 99 of 100 within ${rest.ack_p99_ms} ms).`,
    `${reconnects} lost their connection and came back; ${twice} voted twice and were told that the first ballot counts;`,
    `${rest.refused.BALLOT_004 ?? 0} came too late and were told so.`,
    `The same people again: npm run demo -- --seed ${rest.seed}`,
  ].join('\n');
}

function emptyHall({ message }: EmptyHall): string {
  return (
    `Nobody could join the meeting, so the demo has ended. The server said: ${message} What to do: wait as long as it ` +
    'says, or mend what it names; then start the demo again.'
  );
}

function refusal({ code, message }: PsephosError, httpUrl: string): StartProblem {
  if (code === 'UNREACHABLE') return new StartProblem(`No server answers at ${httpUrl}: start it with npm start.`);
  if (code === 'AUTH_001') return new StartProblem(`${message} A new key: npm start -- --new-key (${code})`);
  return new StartProblem(`${message} (${code})`);
}
