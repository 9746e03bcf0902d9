import type { NewElectionInput, PsephosHttp, ResultView } from '../../client/index.ts';
import { auditBallots } from './audit.ts';
import { type CastOutcome, castAll } from './cast-all.ts';
import { compareWithFile } from './comparison.ts';
import { differences, type Figures, figuresOf, figuresOfResult } from './figures.ts';
import type { MethodElection, ParsedElection } from './formats/index.ts';
import { patiently } from './patience.ts';
import { grouped, Progress, type Screen } from './progress.ts';
import type { Findings } from './report.ts';
import { openSockets, type SocketAddress } from './sockets.ts';
import { type Voters, votersOf } from './voters.ts';
import { type TallyWatch, watchTally } from './watch.ts';

/** A file of real ballots, read and made into an election of ours. */
export interface Replayed {
  readonly parsed: ParsedElection;
  readonly election: MethodElection;
}

export interface ReplayOptions {
  readonly secrecy: 'secret' | 'named';
  /** voters without a weight of the file's own get a made-up one */
  readonly madeUpWeights: boolean;
  readonly sockets: number;
  /** ballots a second; absent = as fast as they are acknowledged */
  readonly perSecond: number | undefined;
  readonly screen: Screen;
  /** ends the replay early; the election is then cancelled */
  readonly signal: AbortSignal;
}

const TITLE_CHARACTERS = 500; // protocol/elections.ts
/** A tally is at most a tenth of a second old; a busy machine and a count take their time. */
const FINAL_TALLY_MS = 30_000;

/**
 * Holds the election of a file on a running server: creates it, issues one credential per voter, opens, lets everybody
 * vote through sockets while a subscriber watches the tally, closes, and looks at everything that the server says then.
 * @param http with the key of a moderator
 * @throws PsephosError, or what `signal` was aborted with; an election that was not closed yet is then cancelled
 */
export async function replay(
  { parsed, election }: Replayed,
  { http, address }: { readonly http: PsephosHttp; readonly address: SocketAddress },
  options: ReplayOptions,
): Promise<Findings> {
  const say = (line: string) => options.screen.write(`${line}\n`);
  const voters = votersOf(election, options.madeUpWeights);
  const { election_id: electionId } = await http.createElection(electionBody(parsed, election, options.secrecy));
  let watch: TallyWatch | undefined;
  let casting: CastOutcome;
  try {
    await http.issueCredentials(electionId, voters.credentials());
    await http.open(electionId);
    say(`Open: election ${electionId}, ${grouped(voters.count)} credentials issued.`);
    watch = await watchTally(address, electionId);
    casting = await castThroughSockets(electionId, voters, address, options);
    options.signal.throwIfAborted();
  } catch (error) {
    watch?.stop();
    await http.cancel(electionId, 'The replay ended early.').catch(() => {}); // the server may be gone as well
    throw error;
  }
  try {
    const closingAtMs = performance.now();
    await http.close(electionId);
    say(`Closed in ${Math.round(performance.now() - closingAtMs)} ms. Counting …`);
    return await inspect({ parsed, election }, { http, electionId, voters, casting, watch, options });
  } finally {
    watch.stop();
  }
}

function electionBody(
  parsed: ParsedElection,
  election: MethodElection,
  secrecy: ReplayOptions['secrecy'],
): NewElectionInput {
  const { method, settings, options } = election;
  return {
    title: parsed.title.trim().slice(0, TITLE_CHARACTERS).toWellFormed() || parsed.source.file,
    method: { method, settings } as NewElectionInput['method'],
    options: [...options],
    secrecy,
    visibility: 'live',
    roll: 'tokens',
  };
}

async function castThroughSockets(
  electionId: string,
  voters: Voters,
  address: SocketAddress,
  { sockets: wanted, perSecond, screen, signal }: ReplayOptions,
): Promise<CastOutcome> {
  const sockets = await openSockets(address, Math.min(wanted, voters.count));
  screen.write(`${grouped(sockets.length)} sockets are connected; everybody votes.\n`);
  const progress = new Progress(screen, voters.count, 'ballots answered');
  try {
    return await castAll(electionId, voters, sockets, { perSecond, signal, onAnswer: () => progress.step() });
  } finally {
    progress.end();
    for (const socket of sockets) socket.close();
  }
}

interface Cast {
  readonly http: PsephosHttp;
  readonly electionId: string;
  readonly voters: Voters;
  readonly casting: CastOutcome;
  readonly watch: TallyWatch;
  readonly options: ReplayOptions;
}

async function inspect({ parsed, election }: Replayed, cast: Cast): Promise<Findings> {
  const { http, electionId, voters, casting, watch, options } = cast;
  const result = await patiently(() => http.result(electionId));
  await patiently(() => http.publish(electionId));
  options.screen.write('Published. Comparing every ballot of the published list with what its voter was told …\n');
  const audit = await auditBallots(http, electionId, voters, casting);
  const figures = figuresOf(election, election.options, voters, casting.acknowledged.keys());
  // Borda's halves of odd weights: the running figure cuts half a micro-unit per ballot, the count once
  const slack = election.method === 'borda' && voters.weighted ? BigInt(voters.count) : 0n;
  return {
    file: parsed.source.file,
    ballots: voters.count,
    casting,
    result,
    audit,
    watcherProblem: await watcherProblem(watch, result, figures, slack),
    figuresProblem: figuresProblem(result, figures, slack),
    comparison: compareWithFile(parsed, election, result, figures, voters.weighted),
    titles: new Map(election.options.map(({ id, title }) => [id, title])),
  };
}

async function watcherProblem(
  watch: TallyWatch,
  result: ResultView,
  figures: Figures,
  slack: bigint,
): Promise<string | null> {
  const last = await watch.final(FINAL_TALLY_MS);
  if (last === null) return 'the watcher was never told that the tally is final';
  if (watch.problem !== null) return watch.problem;
  const { cast } = result.count.ballots;
  if (last.cast !== cast || last.counted !== cast) {
    return `the watcher saw ${last.cast} ballots (${last.counted} counted), the result has ${cast}`;
  }
  const differing = differences(last.figures, figuresOfResult(result) ?? figures, slack);
  return differing.length === 0 ? null : `the watcher saw other figures than the result for ${differing.join(', ')}`;
}

function figuresProblem(result: ResultView, figures: Figures, slack: bigint): string | null {
  const counted = figuresOfResult(result);
  if (counted === null) return null;
  const differing = differences(counted, figures, slack);
  return differing.length === 0
    ? null
    : `the result's figures are not what the acknowledged ballots add up to for ${differing.join(', ')}`;
}
