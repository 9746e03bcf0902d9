import type { Database } from '../db/index.ts';
import { type LaneLimits, type LaneRefusal, Lanes, type LaneWork } from '../lanes/index.ts';
import { limits } from '../limits.ts';
import { type Failure, type Outcome, refuse } from '../outcome.ts';
import type { CoinAct, CoinReceipt } from './coin.ts';
import { allocateCoins } from './coin-queries.ts';
import { refusalOfAnswer } from './coin-refusals.ts';

/** The purse, in place of an idea. */
const PURSE = '0'.repeat(32);
/** Answers that are not final: the campaign is being changed, or others of the same purse go first. */
const AGAIN: readonly string[] = ['6', 'r'];
const AMOUNT_CHARACTERS = 16;

/** Two sides of one row: the ledger could not even write it. */
const SAME_PLACE = refuse('invalid_input', 'Coins cannot be moved to the idea that they lie on already.', {
  details: { fields: [{ path: 'to_idea_id', problem: 'is the idea that they lie on already' }] },
});

/** One act on its way, and who waits for the answer. */
interface Moving {
  readonly act: CoinAct;
  readonly resolve: (outcome: Outcome<CoinReceipt>) => void;
  readonly reject: (error: unknown) => void;
}

/** What urn.allocate_coins answers an act, or a refusal of the lanes, or a bug. */
type CoinAnswer = string | Failure | { readonly bug: unknown };

function hexOf(id: string): string {
  return id.replaceAll('-', '');
}

function encode({ userId, requestId, from, to, amount }: CoinAct): string {
  return (
    hexOf(userId) +
    hexOf(requestId) +
    (from === null ? PURSE : hexOf(from)) +
    (to === null ? PURSE : hexOf(to)) +
    amount.toString(16).padStart(AMOUNT_CHARACTERS, '0')
  );
}

function jitter(minMs: number, maxMs: number): number {
  return Math.round(minMs + Math.random() * (maxMs - minMs));
}

/** The hot path of coins: a lane for each campaign, in turns with each other as those of elections are. */
export class CoinLanes {
  readonly #lanes: Lanes<Moving, CoinAnswer>;

  constructor(database: Database, committed: (orgId: string) => void, own: Partial<LaneLimits> = {}) {
    const work: LaneWork<Moving, CoinAnswer> = {
      run: async (connection, orgId, campaignId, items) => {
        let acts = '';
        for (const { act } of items) acts += encode(act);
        const answers = (await connection.run((sql) => allocateCoins(sql, orgId, campaignId, acts))).split(',');
        if (answers.length !== items.length) throw new Error(`${items.length} acts, ${answers.length} answers`);
        return answers;
      },
      asksAgain: (answer) => typeof answer === 'string' && AGAIN.includes(answer),
      refusal: (reason, error) => this.#refusalOf(reason, error),
      settle,
      committed: (orgId) => committed(orgId),
    };
    this.#lanes = new Lanes(database.hot, work, own);
  }

  get depth(): number {
    return this.#lanes.depth;
  }

  get written(): { readonly batches: number; readonly acts: number } {
    const { batches, requests } = this.#lanes.written;
    return { batches, acts: requests };
  }

  drain(): Promise<void> {
    return this.#lanes.drain();
  }

  /** Resolves once the act is durable or provably refused, or at the deadline with 'outcome_unknown'. Rejects for a bug. */
  move(orgId: string, act: CoinAct): Promise<Outcome<CoinReceipt>> {
    const wrong = act.from === act.to ? SAME_PLACE : problemOfAmount(act.amount);
    if (wrong !== undefined) return Promise.resolve(wrong);
    return new Promise((resolve, reject) => {
      this.#lanes.submit(orgId, act.campaignId, { act, resolve, reject });
    });
  }

  #refusalOf(reason: LaneRefusal, error?: unknown): CoinAnswer {
    switch (reason) {
      case 'overloaded':
        return {
          kind: 'overloaded',
          message: 'Too much is going on at this moment; no coin was moved. Send it again.',
          retryAfterMs: jitter(limits.overloadedRetryMinMs, limits.overloadedRetryMaxMs),
        };
      case 'away':
        return {
          kind: 'database_away',
          message: 'The ledger cannot be reached; no coin was moved. Send the same request again.',
          retryAfterMs: Math.max(limits.overloadedRetryMinMs, this.#lanes.awayForMs),
        };
      case 'unknown':
        return {
          kind: 'outcome_unknown',
          message:
            'It is not known whether the coins were moved. Send the very same request again: it cannot be done twice.',
          retryAfterMs: jitter(limits.overloadedRetryMinMs, limits.overloadedRetryMaxMs),
        };
      case 'guilty':
        return { kind: 'invalid_input', message: 'The ledger cannot hold this act; no coin was moved.' };
      case 'bug':
        return { bug: error };
    }
  }
}

/** Only whole coins are moved, and at least one. */
function problemOfAmount(amount: number): Outcome<never> | undefined {
  if (amount === 0) return refuse('amount_zero', 'Zero coins cannot be moved. Give at least one.');
  if (amount < 0)
    return refuse('amount_negative', 'Coins cannot be fewer than none. To take coins back, withdraw them.');
  if (!Number.isSafeInteger(amount)) return refuse('amount_fractional', 'Coins are whole. Give one, two, three …');
  return undefined;
}

function settle({ act, resolve, reject }: Moving, answer: CoinAnswer): void {
  if (typeof answer !== 'string') {
    if ('bug' in answer) reject(answer.bug);
    else resolve({ ok: false, failure: answer });
    return;
  }
  const [code = '', ...figures] = answer.split(':');
  const [available = 0, allocated = 0, expended = 0, onFrom = 0, onTo = 0] = figures.map(Number);
  if (code === '0' || code === '1') {
    const placed = [
      ...(act.from === null ? [] : [{ ideaId: act.from, amount: onFrom }]),
      ...(act.to === null ? [] : [{ ideaId: act.to, amount: onTo }]),
    ];
    resolve({ ok: true, value: { requestId: act.requestId, available, allocated, expended, placed } });
    return;
  }
  const failure = refusalOfAnswer(code, act, { available, onFrom });
  if (failure === undefined) reject(new Error(`urn.allocate_coins answered ${answer}`));
  else resolve({ ok: false, failure });
}
