import { createEngine, type Engine } from '../engine/index.ts';
import { type CopyFacts, readCopy } from '../sql/backup/index.ts';
import { newestMigration } from '../sql/migrate.ts';
import { type CopySource, withRestoredCopy } from './restored-copy.ts';

export interface DrillCheck {
  readonly name: string;
  /** null: it could not be made, and `found` says why */
  readonly ok: boolean | null;
  readonly found: string;
}

export interface DrillReport {
  readonly backup: string;
  readonly to_time: string | null;
  readonly ok: boolean;
  readonly restore_seconds: number;
  readonly check_seconds: number;
  readonly checks: readonly DrillCheck[];
}

/** Faults that are told one by one. */
const SHOWN = 5;

/**
 * Restores a backup into a temporary server and holds what is there against the backup's catalogue and against itself.
 * Nothing in the copy is migrated or swept.
 * @throws StartProblem where it cannot be restored at all
 */
export async function drill(source: CopySource): Promise<DrillReport> {
  const startedMs = performance.now();
  return withRestoredCopy(source, async (ownerUrl) => {
    const restoredMs = performance.now();
    const checks = await checkCopy(source, ownerUrl);
    const seconds = (fromMs: number, toMs: number) => Number(((toMs - fromMs) / 1_000).toFixed(2));
    return {
      backup: source.entry.id,
      to_time: source.toTime?.toISOString() ?? null,
      ok: checks.every(({ ok }) => ok !== false),
      restore_seconds: seconds(startedMs, restoredMs),
      check_seconds: seconds(restoredMs, performance.now()),
      checks,
    };
  });
}

async function checkCopy({ entry }: CopySource, ownerUrl: string): Promise<readonly DrillCheck[]> {
  const copy = await readCopy(ownerUrl);
  const unequal = copy.unequal.map(
    (each) =>
      `${each.electionId} (${each.state}): ${each.ballots} ballots, ${each.spent} spent rights, ${each.announced} in the log`,
  );
  return [
    check('version', copy.migration === entry.migration, `${copy.migration}; the backup said ${entry.migration}`),
    check(
      'organisations',
      copy.organisations >= entry.organisations,
      `${copy.organisations}; there were ${entry.organisations} when the backup began`,
    ),
    check(
      'log',
      copy.logPositions >= entry.log_positions && copy.brokenLogs.length === 0,
      `${copy.logRows} rows up to ${copy.logPositions} positions (${entry.log_positions} when the backup began)` +
        listed(copy.brokenLogs.map(({ orgId, problem }) => `${orgId}: ${problem}`)),
    ),
    check('ballots', copy.unequal.length === 0, `${copy.ballots} in ${copy.elections} elections${listed(unequal)}`),
    ...(await checkByEngine(ownerUrl, copy)),
  ];
}

/** What only the rules can tell; they must be of the version that the copy is of. */
async function checkByEngine(ownerUrl: string, copy: CopyFacts): Promise<readonly DrillCheck[]> {
  if (copy.migration !== (await newestMigration())) {
    const found = `not made: the copy is at ${copy.migration}, this Psephos at ${await newestMigration()}`;
    return ['results', 'audit'].map((name) => ({ name, ok: null, found }));
  }
  const engine = await createEngine({ url: ownerUrl, still: true });
  try {
    return [await checkResults(engine, copy), await checkAudit(engine)];
  } finally {
    await engine.close();
  }
}

async function checkResults(engine: Engine, { counted }: CopyFacts): Promise<DrillCheck> {
  const wrong: string[] = [];
  for (const { orgId, electionId } of counted) {
    const recount = await engine.elections.recount(orgId, electionId);
    if (!recount.ok) wrong.push(`${electionId}: ${recount.failure.message}`);
    else if (!recount.value.equalsTally) wrong.push(`${electionId}: the recount differs from the tally at the close`);
    else if (recount.value.equalsResult === false) wrong.push(`${electionId}: the recount differs from the result`);
  }
  return check('results', wrong.length === 0, `${counted.length} recounted${listed(wrong)}`);
}

async function checkAudit(engine: Engine): Promise<DrillCheck> {
  const chains = await engine.audit.chains();
  const wrong: string[] = [];
  let entries = 0;
  for (const orgId of chains) {
    const verified = await engine.audit.verify(orgId);
    entries += verified.entries;
    if (verified.problem !== null) wrong.push(`${orgId}: ${verified.problem.message}`);
  }
  return check('audit', wrong.length === 0, `${entries} entries in ${chains.length} chains${listed(wrong)}`);
}

function check(name: string, ok: boolean, found: string): DrillCheck {
  return { name, ok, found };
}

function listed(problems: readonly string[]): string {
  if (problems.length === 0) return '';
  const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : '';
  return `; ${problems.slice(0, SHOWN).join('; ')}${more}`;
}
