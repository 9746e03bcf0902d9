import type { DeadLetter, Engine, Outcome } from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import { readArguments } from './arguments.ts';
import { withOperatorEngine } from './operator-engine.ts';
import { runCommand } from './run-command.ts';
import { readSettings } from './settings.ts';

const ACTS = ['list', 'retry', 'drop'] as const;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PAGE_ROWS = 200;

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Which letters an act is for. */
interface Which {
  readonly letterId: string | null;
  readonly queue: string | null;
  /** null: every organisation's, and those of none */
  readonly orgId: string | null;
}

await runCommand(async () => {
  const { flags, positionals } = readArguments({
    command: 'npm run dead-letters',
    purpose: 'Background jobs that failed for the last time: shows them, has them run again, or drops them.',
    positionals: ['ACT', '[LETTER_ID]'],
    flags: {
      queue: { type: 'string', placeholder: 'NAME', purpose: 'only those of this queue' },
      org: { type: 'string', placeholder: 'ORG_ID', purpose: 'only those of this organisation' },
      all: { type: 'boolean', purpose: 'retry, drop: every one that --queue and --org leave' },
      json: { type: 'boolean', purpose: 'list: one JSON object a line' },
      'data-dir': {
        type: 'string',
        placeholder: 'FOLDER',
        purpose: 'where the embedded PostgreSQL keeps its data (./data)',
      },
    },
    notes: [
      'Acts:',
      '  list     what failed, why, and when; newest first',
      '  retry    puts a job back into its queue; running workers take it up within a second',
      '  drop     forgets a job: what it was to do is not done',
      '',
      'Works on DATABASE_OWNER_URL, else DATABASE_URL, else on the embedded PostgreSQL, also of an npm start that runs.',
    ],
  });
  const [word, letterId = null] = positionals;
  const act = ACTS.find((name) => name === word);
  if (act === undefined) throw new StartProblem(`Say what to do: npm run dead-letters -- ${ACTS.join(' | ')}`);
  for (const id of [letterId, flags.org]) {
    if (id != null && !ID.test(id)) throw new StartProblem(`${id} is no id; npm run dead-letters -- list shows them.`);
  }
  if (act !== 'list' && (letterId === null) !== flags.all) {
    throw new StartProblem(`Name one letter, or --all: npm run dead-letters -- ${act} LETTER_ID`);
  }
  const which = { letterId, queue: flags.queue ?? null, orgId: flags.org ?? null };
  await withOperatorEngine(readSettings({ DATA_DIR: flags['data-dir'] }), {}, (engine) =>
    act === 'list' ? list(engine, which, flags.json) : change(engine, act, which),
  );
});

async function* lettersOf({ deadLetters }: Engine, { orgId, queue }: Which): AsyncGenerator<DeadLetter> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = valueOrProblem(await deadLetters.list(orgId, { cursor, queue: queue ?? undefined, limit: PAGE_ROWS }));
    yield* page.items;
    cursor = page.nextCursor;
  }
}

async function list(engine: Engine, which: Which, json: boolean): Promise<void> {
  let count = 0;
  for await (const letter of lettersOf(engine, which)) {
    if (which.letterId !== null && letter.letterId !== which.letterId) continue;
    count += 1;
    print(json ? JSON.stringify(letter) : textOf(letter));
  }
  if (!json) print(count === 0 ? 'No dead letters.' : `${count} dead letters.`);
}

function textOf(letter: DeadLetter): string {
  const facts = [
    `organisation ${letter.orgId ?? 'none'}`,
    `${letter.attempts} attempts`,
    ...(letter.times > 1 ? [`${letter.times} times`] : []),
    ...(letter.state === 'again' ? ['on its way back into its queue'] : []),
  ];
  return [
    `${letter.letterId}  ${letter.queue}  ${letter.failedAt.toISOString()}`,
    `  ${letter.reason.replaceAll('\n', '\n  ')}`,
    `  ${facts.join(', ')}; job ${letter.jobId}`,
    '',
  ].join('\n');
}

async function change(engine: Engine, act: 'retry' | 'drop', which: Which): Promise<void> {
  const ids: string[] = [];
  if (which.letterId !== null) ids.push(which.letterId);
  else for await (const { letterId } of lettersOf(engine, which)) ids.push(letterId);
  for (const letterId of ids) valueOrProblem(await engine.deadLetters[act](which.orgId, letterId));
  const done = act === 'retry' ? 'run again as soon as workers see them' : 'dropped';
  print(`${ids.length} ${done}.`);
}

function valueOrProblem<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new StartProblem(outcome.failure.message);
}
