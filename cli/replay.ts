import { PsephosError, PsephosHttp } from '../client/index.ts';
import { ElectionFileError, readElectionFile, toMethod } from '../loadtest/replay/formats/index.ts';
import { grouped, type Screen } from '../loadtest/replay/progress.ts';
import { type Replayed, type ReplayOptions, replay } from '../loadtest/replay/replay.ts';
import { type Findings, problemsOf, reportText, summarise } from '../loadtest/replay/report.ts';
import { type OwnServer, startOwnServer } from '../loadtest/server.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { type Arguments, readArguments } from './arguments.ts';
import { runCampaignReplay } from './replay-campaign.ts';
import { runCommand } from './run-command.ts';

const SOCKETS_DEFAULT = 1_000;
const SOCKETS_MAX = 20_000;
const RATE_MAX_PER_SECOND = 1_000_000;

const FLAGS = {
  method: {
    type: 'string',
    placeholder: 'NAME',
    purpose: 'stv, irv, schulze, borda, choose, approval, points, score, judgment, … (what the file suggests)',
  },
  seats: {
    type: 'number',
    placeholder: 'N',
    purpose: "how many are elected (the file's own, else 1)",
    min: 1,
    max: 1_000,
  },
  sockets: {
    type: 'number',
    placeholder: 'N',
    purpose: `sockets that speak for all voters (${SOCKETS_DEFAULT})`,
    min: 1,
    max: SOCKETS_MAX,
  },
  rate: { type: 'string', placeholder: 'N', purpose: 'ballots a second, or max (max)' },
  url: { type: 'string', placeholder: 'URL', purpose: 'HTTP address of a running server (starts one of its own)' },
  'api-key': { type: 'string', placeholder: 'KEY', purpose: 'of a moderator there; better as PSEPHOS_API_KEY' },
  secret: { type: 'boolean', purpose: 'a secret election (the default)' },
  named: { type: 'boolean', purpose: 'a roll call: the published list names who cast what' },
  weights: {
    type: 'boolean',
    purpose: "made-up weights, the same each time, for voters without one of the file's own",
  },
  as: { type: 'string', placeholder: 'campaign', purpose: 'every voter gives the points as coins in a campaign' },
  rule: {
    type: 'string',
    placeholder: 'NAME',
    purpose: 'with --as: greedy, equal_shares, equal_shares_add1 (the last)',
  },
  'data-dir': { type: 'string', placeholder: 'FOLDER', purpose: "with --as and --url: that server's data (./data)" },
  json: { type: 'boolean', purpose: 'ends with one line of JSON' },
} as const;

type Flags = Arguments<typeof FLAGS>['flags'];

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run replay',
    purpose:
      'Holds a real election again: every ballot of FILE is cast through sockets, the tally is watched, the result ' +
      'counted, and everything compared. FILE is PrefLib (.soi .soc .toi .toc), Pabulib (.pb) or a ranked CSV.',
    positionals: ['FILE'],
    flags: FLAGS,
    notes: [
      'FILE: PrefLib .soi .soc .toi .toc; Pabulib .pb; or a ranked .csv with one row a ballot and columns rank1, rank2, …',
      '(others are passed over, but weight and count are understood). In a .csv, skipped and undervote pass over a rank,',
      'overvote ends the ballot, and a row without any choice is a blank ballot: cast, stored and reported as blank.',
      'Exit code 0: everything acknowledged is stored once, tally and recount agree, the watcher saw the result.',
      'Example: npm run replay -- loadtest/elections/dublin-north-2002.soi --method stv --seats 4',
    ],
  });
  if (flags.as !== undefined) return asCampaign(positionals[0] ?? '', flags);
  const target = targetOf(flags);
  const perSecond = rateOf(flags.rate);
  if (flags.secret && flags.named) throw new StartProblem('Give --secret or --named, not both.');
  const replayed = await readReplayed(positionals[0] ?? '', flags);
  process.stdout.write(introduction(replayed));
  const abort = abortOnSignals('Stopped. The election was cancelled.');
  const findings = await onServer(target, replayed, {
    secrecy: flags.named ? 'named' : 'secret',
    madeUpWeights: flags.weights,
    sockets: flags.sockets ?? SOCKETS_DEFAULT,
    perSecond,
    screen: screen(),
    signal: abort.signal,
    stop: (reason) => abort.abort(reason),
  });
  process.stdout.write(reportText(findings));
  if (flags.json) process.stdout.write(`${JSON.stringify(summarise(findings))}\n`);
  return problemsOf(findings).length === 0 ? 0 : 1;
});

/** Through members' purses: no key of a moderator is asked for, the data of the server is. */
async function asCampaign(file: string, flags: Flags): Promise<number> {
  if (flags.as !== 'campaign') throw new StartProblem(`--as ${flags.as}: the other thing it can be is a campaign.`);
  const parsed = await readFile(() => readElectionFile(file));
  const abort = abortOnSignals('Stopped. The campaign was completed as it stood.');
  const given = {
    sockets: flags.sockets,
    rule: flags.rule,
    url: flags.url,
    dataDir: flags['data-dir'],
    json: flags.json,
  };
  return asPerson(() => runCampaignReplay(parsed, given, { screen: screen(), signal: abort.signal }));
}

function abortOnSignals(words: string): AbortController {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => abort.abort(new StartProblem(words)));
  }
  return abort;
}

/** Where to replay; null = on a server of our own. */
function targetOf(flags: Flags): { httpUrl: string; apiKey: string } | null {
  const apiKey = flags['api-key'] ?? process.env.PSEPHOS_API_KEY;
  if (flags.url === undefined) {
    if (flags['api-key'] === undefined) return null;
    throw new StartProblem('--api-key goes with --url: without it a server of its own is started, with its own key.');
  }
  if (!/^https?:\/\/./.test(flags.url) || !URL.canParse(flags.url)) {
    throw new StartProblem(`--url ${flags.url}: not an HTTP address; example: --url http://127.0.0.1:8080`);
  }
  if (apiKey === undefined || apiKey === '') {
    throw new StartProblem('--url needs the API key of a moderator there: set PSEPHOS_API_KEY, or give --api-key.');
  }
  return { httpUrl: flags.url, apiKey };
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined || text === 'max') return undefined;
  const perSecond = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (perSecond >= 1 && perSecond <= RATE_MAX_PER_SECOND) return perSecond;
  throw new StartProblem(`--rate ${text}: not max, and not a whole number from 1 to ${RATE_MAX_PER_SECOND}.`);
}

/** Reads all of the file before anything is started or created. */
function readReplayed(file: string, { method, seats }: Flags): Promise<Replayed> {
  return readFile(async () => {
    const parsed = await readElectionFile(file);
    const request = { ...(method === undefined ? {} : { method }), ...(seats === undefined ? {} : { seats }) };
    return { parsed, election: toMethod(parsed, request) };
  });
}

async function readFile<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ElectionFileError) throw new StartProblem(`${error.message}\n  ${error.hint}`);
    throw error;
  }
}

function introduction({ parsed, election }: Replayed): string {
  const { method, settings, options, ballots, notes } = election;
  const seats = 'seats' in settings && settings.seats > 1 ? `, ${settings.seats} seats` : '';
  const lines = [
    `${parsed.title} (${parsed.format}): ${grouped(ballots.length)} ballots, ${options.length} options, ${method}${seats}.`,
    ...notes.map((note) => `  note: ${note}`),
    ...(parsed.format === 'pabulib'
      ? ['  note: winners are by figures alone; costs and the budget are not applied']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function screen(): Screen {
  return { isTerminal: process.stdout.isTTY === true, write: (text) => process.stdout.write(text) };
}

async function onServer(
  target: { httpUrl: string; apiKey: string } | null,
  replayed: Replayed,
  options: ReplayOptions & { readonly stop: (reason: Error) => void },
): Promise<Findings> {
  let own: OwnServer | undefined;
  if (target === null) {
    options.screen.write('Starting a server in a temporary folder …\n');
    own = await startOwnServer();
    void own.exited.then(() => options.stop(new StartProblem('The server that was started for the replay has ended.')));
  }
  try {
    return await asPerson(async () => {
      const { httpUrl, apiKey } = target ?? { httpUrl: own?.httpUrl ?? '', apiKey: own?.apiKey ?? '' };
      const http = new PsephosHttp({ baseUrl: httpUrl, secret: apiKey });
      const { url: wsUrl } = await http.socket();
      return replay(replayed, { http, address: { wsUrl, apiKey } }, options);
    });
  } finally {
    await own?.stop();
  }
}

/** What the server refuses, in words for a person. */
async function asPerson<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PsephosError ? new StartProblem(refusalText(error)) : error;
  }
}

function refusalText({ message, code, details }: PsephosError): string {
  const fields = (details.fields ?? []) as readonly { path: string; problem: string }[];
  return [`${message} (${code})`, ...fields.map(({ path, problem }) => `  ${path}: ${problem}`)].join('\n');
}
