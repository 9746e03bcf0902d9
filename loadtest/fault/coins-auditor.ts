import type { PlannedMove } from './coins-plan.ts';
import type { CoinGround, LedgerRow, PurseRow } from './coins-queries.ts';
import type { Finding } from './evidence.ts';

/** One act as its member saw it. */
export interface MoveRecord {
  readonly move: PlannedMove;
  readonly told:
    | { readonly kind: 'done' }
    | { readonly kind: 'refused'; readonly code: string }
    | { readonly kind: 'unheard' };
}

export interface CoinEvidence {
  readonly ground: CoinGround;
  /** coins that each member was given */
  readonly coins: number;
  readonly records: readonly MoveRecord[];
  readonly ledger: readonly LedgerRow[];
  readonly purses: readonly PurseRow[];
  /** what the product's own audit finds */
  readonly contradictions: readonly string[];
}

export type CoinFinding = Finding | { readonly kind: 'created'; readonly what: string };

const PURSE_CODES = /^(?:COIN_007|LOAD_)/;

/** False where the member has to ask again to know. */
export function isCertainMove({ told }: MoveRecord): boolean {
  return told.kind === 'done' || (told.kind === 'refused' && !PURSE_CODES.test(told.code));
}

const nameOf = ({ member, requestId, from, to, amount }: PlannedMove) =>
  `member ${member}, ${amount} from ${from ?? 'the purse'} to ${to ?? 'the purse'}, ${requestId.slice(0, 8)}…`;
const contentOf = ({ member, requestId, from, to, amount }: PlannedMove) =>
  `${member} ${requestId} ${from} ${to} ${amount}`;

/** Judges a run from what members were told, against the ledger: nothing lost, nothing made from nothing, nothing twice. */
export function auditCoins(evidence: CoinEvidence): CoinFinding[] {
  const findings: CoinFinding[] = evidence.contradictions.map((what) => ({ kind: 'created', what }));
  const rows = Map.groupBy(evidence.ledger, ({ holder, request_id: id }) => `${holder} ${id}`);
  const { memberIds, ideaIds } = evidence.ground;
  const known = new Set<string>();
  for (const records of Map.groupBy(evidence.records, ({ move }) => contentOf(move)).values()) {
    const { move } = records[0] as MoveRecord;
    const key = `${memberIds[move.member]} ${move.requestId}`;
    const isThis = (row: LedgerRow) =>
      row.amount === move.amount && row.debit_of === ideaOf(move.from) && row.credit_of === ideaOf(move.to);
    const ideaOf = (n: number | null) => (n === null ? null : (ideaIds[n] ?? null));
    const found = (rows.get(key) ?? []).filter(isThis);
    const done = records.some(({ told }) => told.kind === 'done');
    const refused = records.flatMap((record) =>
      record.told.kind === 'refused' && isCertainMove(record) ? [record.told.code] : [],
    );
    const what = nameOf(move);
    if (done) known.add(key);
    if (done && found.length === 0)
      findings.push({ kind: 'lost', what: `${what}: acknowledged and not in the ledger` });
    if (found.length > 1) findings.push({ kind: 'doubled', what: `${what}: ${found.length} times in the ledger` });
    if (!done && refused.length === 0) findings.push({ kind: 'untrue', what: `${what}: no certain answer` });
    if (refused.includes('INTERNAL_001')) findings.push({ kind: 'untrue', what: `${what}: answered with a bug` });
    // an act that was refused may be done when it is sent again: coins have come back meanwhile; done it stays
    const last = records.findLast(isCertainMove);
    if (done && last?.told.kind === 'refused') {
      findings.push({ kind: 'untrue', what: `${what}: done, and refused afterwards (${last.told.code})` });
    }
  }
  for (const [key, [row]] of rows) {
    if (!known.has(key))
      findings.push({ kind: 'created', what: `${row?.kind} ${key} is in the ledger, and nobody was told` });
  }
  return [...findings, ...auditPurses(evidence)];
}

/** Added up here from the ledger's acts, and not by the product. */
function auditPurses({ ledger, purses, coins, ground }: CoinEvidence): CoinFinding[] {
  const findings: CoinFinding[] = [];
  for (const memberId of ground.memberIds) {
    const own = ledger.filter(({ holder }) => holder === memberId);
    const given = own.reduce((sum, { kind, amount }) => {
      return sum + (kind === 'allocate' ? amount : kind === 'withdraw' ? -amount : 0);
    }, 0);
    const purse = purses.find(({ user_id: userId }) => userId === memberId);
    const wrong = purse?.available !== coins - given || purse.allocated !== given || given < 0 || given > coins;
    if (!wrong) continue;
    findings.push({
      kind: 'created',
      what: `purse of ${memberId}: ${purse?.available} + ${purse?.allocated}, the ledger says ${coins - given} + ${given} of ${coins}`,
    });
  }
  return findings;
}
