import { textOfBallot } from './contests.ts';
import type { CastRecord, Evidence, Finding } from './evidence.ts';
import { auditFigures } from './figures-auditor.ts';
import { auditWatchers } from './watch-auditor.ts';

/** Refusals that no repeat may ever turn into an acceptance. BALLOT_003 is none: the election may open yet. */
const FINAL = new Set(['BALLOT_002', 'BALLOT_004', 'BALLOT_005', 'NOT_FOUND_001', 'VALIDATION_001', 'AUTH_002']);

/** Every record of one very same cast: one credential, one key, one ballot. */
interface Cast {
  readonly voter: number;
  readonly ballot: string;
  readonly records: readonly CastRecord[];
  /** tracking codes it was acknowledged with; more than one would be wrong */
  readonly codes: ReadonlySet<string>;
  readonly refusals: ReadonlySet<string>;
}

/**
 * Judges a run from requests and replies alone: what each voter was told, against what was published in the end.
 * Knows nothing of how the engine makes tracking codes, batches or states.
 */
export function audit(evidence: Evidence): Finding[] {
  const casts = sameCasts(evidence.casts);
  return [
    ...auditAnswers(casts, evidence),
    ...auditCredentials(casts),
    ...auditStored(casts, evidence),
    ...auditFigures(evidence, acceptedOf(casts)),
    ...auditWatchers(evidence),
  ];
}

/** One acknowledged ballot per voter, as it was sent. */
export interface AcceptedBallot {
  readonly voter: number;
  readonly ballot: unknown;
}

function acceptedOf(casts: readonly Cast[]): AcceptedBallot[] {
  return casts
    .filter(({ codes }) => codes.size > 0)
    .map(({ voter, records }) => ({ voter, ballot: (records[0] as CastRecord).ballot }));
}

function sameCasts(records: readonly CastRecord[]): Cast[] {
  const groups = Map.groupBy(records, ({ voter, castKey, ballot }) => `${voter} ${castKey} ${textOfBallot(ballot)}`);
  return [...groups.values()].map((group) => {
    const [first] = group as [CastRecord, ...CastRecord[]];
    const codes = new Set<string>();
    const refusals = new Set<string>();
    for (const { told } of group) {
      if (told.kind === 'accepted') codes.add(told.trackingCode);
      if (told.kind === 'refused') refusals.add(told.code);
    }
    return { voter: first.voter, ballot: textOfBallot(first.ballot), records: group, codes, refusals };
  });
}

/** What was told of each cast: certain in the end, never two things, and possible at that moment. */
function auditAnswers(casts: readonly Cast[], { close }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const untrue = (cast: Cast, what: string) => findings.push({ kind: 'untrue', what: `${nameOf(cast)}: ${what}` });
  for (const cast of casts) {
    const final = [...cast.refusals].filter((code) => FINAL.has(code));
    if (cast.codes.size === 0 && final.length === 0) {
      untrue(cast, `no certain answer (${[...cast.refusals].join(', ') || 'unheard'})`);
    }
    if (cast.codes.size > 0 && final.length > 0) untrue(cast, `accepted and refused for good (${final.join(', ')})`);
    if (cast.codes.size > 1) untrue(cast, `acknowledged with ${cast.codes.size} tracking codes`);
    if (cast.refusals.has('INTERNAL_001')) untrue(cast, 'answered with a bug (INTERNAL_001)');
    const first = Math.min(...cast.records.map(({ sentMs }) => sentMs));
    if (cast.codes.size > 0 && first > close.doneMs) {
      untrue(cast, `accepted, though first sent ${Math.ceil(first - close.doneMs)} ms after the close was done`);
    }
    const early = cast.records.find(({ told, heardMs }) => codeOf(told) === 'BALLOT_004' && heardMs < close.askedMs);
    if (early)
      untrue(cast, `told that the election is closed ${Math.ceil(close.askedMs - early.heardMs)} ms too early`);
  }
  return findings;
}

/** One credential, one ballot; "already voted" only where another ballot is in. */
function auditCredentials(casts: readonly Cast[]): Finding[] {
  const findings: Finding[] = [];
  for (const [voter, own] of Map.groupBy(casts, (cast) => cast.voter)) {
    const codes = new Set(own.flatMap((cast) => [...cast.codes]));
    const accepted = own.filter((cast) => cast.codes.size > 0);
    if (codes.size > 1 || accepted.length > 1) {
      findings.push({
        kind: 'doubled',
        what: `voter ${voter} has ${accepted.length} accepted ballots: ${[...codes].join(', ')}`,
      });
    }
    for (const cast of own) {
      if (cast.refusals.has('BALLOT_002') && !accepted.some((other) => other !== cast)) {
        findings.push({ kind: 'untrue', what: `${nameOf(cast)}: told of another ballot, but there is none` });
      }
    }
  }
  return findings;
}

/** The published list is exactly what was acknowledged. */
function auditStored(casts: readonly Cast[], { published, secrecy, voters }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const stored = Map.groupBy(published, (row) => row.tracking_code);
  const acknowledged = new Map<string, Cast>();
  for (const cast of casts) {
    for (const code of cast.codes) {
      const other = acknowledged.get(code);
      if (other !== undefined && other.voter !== cast.voter) {
        findings.push({
          kind: 'untrue',
          what: `voters ${other.voter} and ${cast.voter} have one tracking code, ${code}`,
        });
      }
      acknowledged.set(code, cast);
      const rows = stored.get(code) ?? [];
      const what = `${nameOf(cast)}, acknowledged as ${code}`;
      if (rows.length === 0) findings.push({ kind: 'lost', what: `${what}: not in the published list` });
      if (rows.length > 1)
        findings.push({ kind: 'doubled', what: `${what}: ${rows.length} times in the published list` });
      for (const row of rows) {
        if (textOfBallot(row.ballot) !== cast.ballot) {
          findings.push({ kind: 'lost', what: `${what}: stored as ${textOfBallot(row.ballot)}` });
        }
        const credential = voters[cast.voter]?.credential;
        if (secrecy === 'named' && row.voter !== credential) {
          findings.push({ kind: 'untrue', what: `${what}: published under ${row.voter}` });
        }
        if (secrecy === 'secret' && row.voter !== null) {
          findings.push({ kind: 'untrue', what: `${what}: a secret ballot published with its voter` });
        }
      }
    }
  }
  for (const code of stored.keys()) {
    if (!acknowledged.has(code)) {
      findings.push({ kind: 'untrue', what: `a ballot ${code} is published that nobody was told is in` });
    }
  }
  return findings;
}

function codeOf(told: CastRecord['told']): string | null {
  return told.kind === 'refused' ? told.code : null;
}

function nameOf({ voter, ballot, records }: Cast): string {
  return `voter ${voter}, key ${records[0]?.castKey.slice(0, 8)}…, ballot ${ballot}`;
}
