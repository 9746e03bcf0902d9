import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { KnownValues } from './harvest.ts';

/** What schemathesis looks at in every answer. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
  'every_caller',
];
const HOOKS = resolve(import.meta.dirname, 'every_caller.py');
/** What breaks the schema may be refused in any of these ways; 413 where it is also too large. */
const REFUSALS = ['400', '401', '403', '404', '405', '406', '409', '413', '415', '422', '423', '429', '431'];
/** How often a parameter is given an id that exists, so that answers beyond 404 are seen, too. */
const KNOWN_SHARE = 0.7;
const KNOWN_MAX_VALUES = 20;
/** A failure shows the request that did it, which may be a quarter of a megabyte. */
const SHOWN_LINE_CHARACTERS = 300;
const SHOWN_LINES = 120;

export type Phase = 'examples' | 'coverage' | 'fuzzing' | 'stateful';

export interface ApiCaller {
  /** e.g. 'moderator', 'anonymous' */
  readonly name: string;
  readonly secret: string | null;
}

export interface CampaignOptions {
  readonly url: string;
  /** whose requests they are: the one who may do most */
  readonly caller: ApiCaller;
  /** each request is sent as these, too */
  readonly others: readonly ApiCaller[];
  readonly known: KnownValues;
  readonly phases: readonly Phase[];
  /** generated requests for each operation, beside those that the phases bring themselves */
  readonly examples: number;
  readonly seed: number;
  /** ends it early: rejects */
  readonly signal?: AbortSignal;
}

export interface Campaign {
  readonly caller: string;
  /** operations that the document has and that were called */
  readonly operations: number;
  readonly requests: number;
  /** 'ST108 Response violates schema: GET /v1/elections', one for each kind and operation */
  readonly findings: readonly string[];
  /** what schemathesis says of them, with curl lines to repeat them; secrets are left out */
  readonly explanation: string;
}

interface Report {
  readonly complete: boolean;
  readonly operations: { readonly selected: number; readonly tested: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly code: string; readonly title: string; readonly operations: string[] }[];
  readonly errors: readonly unknown[];
}

/**
 * Lets schemathesis call every operation of a running gateway's OpenAPI document as one caller and then as each of the
 * others: right and wrong requests by the schemas, each answer held against its documented status, type, headers and schema.
 * @param program see schemathesisProgram() in loadtest/fault/tools.ts
 * @throws Error where it does not come to its end
 */
export async function runCampaign(program: string, options: CampaignOptions): Promise<Campaign> {
  const folder = mkdtempSync(join(tmpdir(), 'psephos-schema-'));
  try {
    const config = join(folder, 'schemathesis.toml');
    const report = join(folder, 'report.json');
    writeFileSync(config, configOf(options));
    const args = [
      ...['--config-file', config, 'run', `${options.url}/openapi.json`, '--no-color', '--continue-on-failure'],
      ...['--phases', options.phases.join(','), '--max-examples', String(options.examples)],
      ...['--seed', String(options.seed), '--no-shrink', '--generation-database', 'none', '--checks', CHECKS.join(',')],
      ...['--suppress-health-check', 'all', '--report', 'json', '--report-json-path', report],
    ];
    const { code, said } = await run(program, args, folder, options);
    if (code !== 0 && code !== 1) throw new Error(`schemathesis ended with ${code}:\n${shortened(said)}`);
    return campaignOf(options.caller.name, JSON.parse(readFileSync(report, 'utf8')) as Report, said);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its configuration in TOML, whose texts are written like those of JSON. The secret comes by the environment. */
function configOf({ caller, known }: CampaignOptions): string {
  const names = known.names.filter((name) => known.of(name).length > 0);
  const values = (name: string) => JSON.stringify(known.of(name).slice(0, KNOWN_MAX_VALUES));
  const bound = (place: string, name: string) =>
    `"${place}.${name}" = { dictionary = "${name}", probability = ${KNOWN_SHARE} }`;
  return [
    `hooks = ${JSON.stringify(HOOKS)}`,
    ...(caller.secret === null ? [] : ['[headers]', `Authorization = "Bearer \${PSEPHOS_SECRET}"`]),
    '[checks]',
    `negative_data_rejection = { expected-statuses = ${JSON.stringify(REFUSALS)} }`,
    // Ids of answers would lead to the caller's own key, which the fuzz would then revoke
    ...['examples', 'coverage', 'fuzzing'].map((phase) => `[phases.${phase}.extra-data-sources]\nresponses = false`),
    ...names.map((name) => `[dictionaries.${name}]\nvalues = ${values(name)}`),
    '[parameters]',
    ...names.flatMap((name) => ['path', 'query', 'body'].map((place) => bound(place, name))),
    '',
  ].join('\n');
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  { caller: { secret }, others, signal }: CampaignOptions,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const environment = { PATH: process.env.PATH ?? '', HOME: cwd, LANG: 'C.UTF-8', NO_PROXY: '*', COLUMNS: '120' };
  return new Promise((ended, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: {
        ...environment,
        ...(secret === null ? {} : { PSEPHOS_SECRET: secret }),
        PSEPHOS_CALLERS: JSON.stringify(Object.fromEntries(others.map((other) => [other.name, other.secret]))),
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => ended({ code, said }));
  });
}

function campaignOf(caller: string, report: Report, said: string): Campaign {
  const findings = report.failures.flatMap(({ code, title, operations }) =>
    operations.map((operation) => `${code} ${title}: ${operation}`),
  );
  const { selected, tested } = report.operations;
  if (!report.complete) findings.push('the run did not come to its end');
  if (tested < selected) findings.push(`only ${tested} of ${selected} operations were called`);
  for (const error of report.errors) findings.push(`error: ${JSON.stringify(error).slice(0, SHOWN_LINE_CHARACTERS)}`);
  return {
    caller,
    operations: tested,
    requests: report.test_cases.generated,
    findings,
    explanation: findings.length === 0 ? '' : shortened(said),
  };
}

function shortened(said: string): string {
  const lines = said.slice(Math.max(0, said.indexOf('= FAILURES'))).split('\n');
  return lines
    .slice(0, SHOWN_LINES)
    .map((line) => line.slice(0, SHOWN_LINE_CHARACTERS))
    .join('\n');
}
