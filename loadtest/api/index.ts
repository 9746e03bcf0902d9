import { schemathesisProgram } from '../fault/tools.ts';
import { readDocument } from './document.ts';
import { askAs, fillByExamples } from './fill.ts';
import { type ApiCaller, type Phase, runCampaign } from './schemathesis.ts';

export type { ApiCaller } from './schemathesis.ts';

const PHASES: readonly Phase[] = ['examples', 'coverage', 'fuzzing', 'stateful'];

export interface ApiFuzzOptions {
  readonly url: string;
  /** makes what the requests are about */
  readonly ownerSecret: string;
  /** the one who may do most first; asked once the ids are known, so that no request is about the callers' own keys */
  readonly makeCallers: () => Promise<readonly ApiCaller[]>;
  /** generated requests in all, beside those that the bounds of every field need; each is sent as every caller */
  readonly count: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What `--json` prints. */
export interface ApiFuzzSummary {
  readonly operations: number;
  readonly callers: number;
  /** each was sent as every caller */
  readonly requests: number;
  /** kinds of wrong answers, one for each operation and caller */
  readonly findings: readonly string[];
  readonly seconds: number;
  readonly seed: number;
}

/** Holds every answer of a running gateway against its OpenAPI document, as each caller in turn. */
export async function runApiFuzz(options: ApiFuzzOptions): Promise<ApiFuzzSummary> {
  const { url, say, seed } = options;
  const startedMs = performance.now();
  say('Looking for schemathesis (installed on first use) …');
  const program = await schemathesisProgram();
  const document = readDocument(await (await fetch(`${url}/openapi.json`)).json());
  const known = await fillByExamples(document, askAs(url, options.ownerSecret));
  const examples = Math.max(1, Math.round(options.count / document.operations.length));
  say(`${document.operations.length} operations; ids of ${known.names.length} kinds; ${examples} requests each.`);
  const callers = await options.makeCallers();
  const [caller, ...others] = callers;
  if (caller === undefined) throw new Error('nobody calls');
  const task = { url, caller, others, known, phases: PHASES, examples, seed, signal: options.signal };
  const { requests, findings, explanation } = await runCampaign(program, task);
  if (explanation !== '') say(explanation);
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  return { operations: document.operations.length, callers: callers.length, requests, findings, seconds, seed };
}
