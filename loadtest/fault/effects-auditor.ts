import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { auditDeliveries, type Received } from './deliveries-auditor.ts';
import { releaseMails, selectUnsent } from './deliveries-queries.ts';
import * as queries from './effects-queries.ts';

/** A job of workers that were killed is taken over after 10 to 15 s; one that a store lost is added again after 30 to 60 s. */
const SETTLE_MS = 120_000;
const POLL_MS = 200;
/** The lease of a mail (engine/limits.ts), and how long one that is being sent may be held: on loopback it takes milliseconds. */
const MAIL_LEASE_MS = 120_000;
const MAIL_HELD_MS = 5_000;

/** What only the engine can say of its own effects, each in words. */
export interface EngineProof {
  /** chains that do not verify, and why */
  readonly brokenChains: readonly string[];
  /** documents that the search lacks or has otherwise than the database */
  readonly searchMissing: readonly string[];
  /** documents that the search has and the database has not */
  readonly searchLeftOver: readonly string[];
  /** jobs that were given up, with their reasons */
  readonly deadLetters: readonly string[];
}

/** @param openSearchUrl null: documents lie in the database alone */
export type ProveEngine = (databaseUrl: string, openSearchUrl: string | null) => Promise<EngineProof>;

/**
 * - missing: workers should have done it, and have not, or have done it wrongly
 * - doubled: they have done it more than once
 */
export interface EffectFinding {
  readonly kind: 'missing' | 'doubled';
  readonly what: string;
}

/** What was looked at and what was found; each finding is one effect. */
export interface EffectsAudit {
  readonly findings: readonly EffectFinding[];
  /** batches of ballots in audit chains, members told of meetings, mails and pushes that arrived */
  readonly seen: {
    readonly batches: number;
    readonly invitations: number;
    readonly mails: number;
    readonly pushes: number;
  };
  readonly settledMs: number;
}

/**
 * Judges what workers did: waits until nothing is left for them to do, then holds every effect against what it is the effect
 * of. What does not settle in two minutes is missing. `deliveries`: what arrived of mails and pushes; null: they are not sent. Everything is up and healthy while this runs.
 */
export async function auditEffects(
  sql: postgres.Sql,
  prove: () => Promise<EngineProof>,
  deliveries: { readonly received: Received; readonly faults: number } | null,
  settleMs: number = SETTLE_MS,
): Promise<EffectsAudit> {
  const startedMs = performance.now();
  const waiting = await untilSettled(sql, startedMs + settleMs, deliveries !== null);
  const settledMs = Math.round(performance.now() - startedMs);
  const proof = await prove();
  const invitations = await queries.selectWronglyInvited(sql);
  const sent =
    deliveries === null
      ? { missing: [], doubled: [], mails: 0, pushes: 0 }
      : await auditDeliveries(sql, deliveries.received, deliveries.faults);
  const missing = [
    ...waiting.map(({ what, count }) => `${count} ${what}`),
    ...(await queries.selectUnchainedBatches(sql)).map((batch) => `batch ${batch} is not in its audit chain`),
    ...invitations.filter(({ times }) => times === 0).map(({ invitation }) => `nobody told of it: ${invitation}`),
    ...proof.brokenChains,
    ...proof.searchMissing,
    ...proof.deadLetters,
    ...sent.missing,
  ];
  const doubled = [
    ...(await queries.selectBatchesChainedAgain(sql)).map((batch) => `chained again: ${batch}`),
    ...invitations.flatMap(({ invitation, times }) =>
      Array<string>(Math.max(0, times - 1)).fill(`told again: ${invitation}`),
    ),
    ...proof.searchLeftOver,
    ...sent.doubled,
  ];
  return {
    findings: [
      ...missing.map((what) => ({ kind: 'missing' as const, what })),
      ...doubled.map((what) => ({ kind: 'doubled' as const, what })),
    ],
    seen: { ...(await queries.countEffects(sql)), mails: sent.mails, pushes: sent.pushes },
    settledMs,
  };
}

/** What waits in the end; nothing as soon as nothing does. */
async function untilSettled(sql: postgres.Sql, untilMs: number, sending: boolean): Promise<readonly queries.Counted[]> {
  const since = await queries.selectNow(sql);
  for (;;) {
    if (sending) await releaseMails(sql, MAIL_LEASE_MS, MAIL_HELD_MS);
    const waiting = [...(await queries.selectWaiting(sql, since)), ...(sending ? await selectUnsent(sql) : [])];
    if (waiting.length === 0 || performance.now() > untilMs) return waiting;
    await sleep(POLL_MS);
  }
}
