import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import {
  createEngine,
  credentialOfToken,
  type Election,
  type Engine,
  type EngineOptions,
  type NewElection,
  type Outcome,
} from '../../engine/index.ts';
import { MOTION_OPTIONS } from '../../protocol/methods/motion.ts';
import type { TestDatabase } from './postgres.ts';

/** An engine on a test's database, closed after the file. Bugs that it reports fail the file. */
export async function openEngine(database: TestDatabase, options: Omit<EngineOptions, 'url'> = {}): Promise<Engine> {
  return openEngineAt(database.ownerUrl, options);
}

/** The same at any address, e.g. of a proxy before the database. */
export async function openEngineAt(url: string, options: Omit<EngineOptions, 'url'> = {}): Promise<Engine> {
  const bugs: unknown[] = [];
  const engine = await createEngine({ report: (error) => bugs.push(error), ...options, url });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= engine.close();
    return closed;
  };
  afterAll(async () => {
    await close();
    if (bugs.length > 0) throw new AggregateError(bugs, `the engine reported ${bugs.length} bugs`);
  });
  return { ...engine, close };
}

/** The value of an outcome that the test counts on. @throws with the failure's own words */
export function accepted<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.failure.kind}: ${outcome.failure.message} ${JSON.stringify(outcome.failure.details)}`);
}

/** 'ok', or the kind of the failure. */
export function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.failure.kind;
}

export async function newOrganisation(engine: Engine, name = 'Chess club'): Promise<string> {
  return accepted(await engine.accounts.createOrganisation({ name })).orgId;
}

/** Who may vote in a test: `credential` as it is cast with, `castKey` as a client would make it. */
export interface Voter {
  readonly token: string;
  readonly credential: string;
  readonly castKey: string;
}

export function newVoters(count: number): Voter[] {
  return Array.from({ length: count }, () => {
    const token = randomBytes(16).toString('hex');
    return { token, credential: credentialOfToken(token), castKey: randomBytes(16).toString('hex') };
  });
}

export const ONE_VOTE = 1_000_000n;

export async function issueTo(
  engine: Engine,
  election: Election,
  voters: readonly Voter[],
  weightOf: (voter: Voter, index: number) => bigint = () => ONE_VOTE,
): Promise<void> {
  const credentials = voters.map((voter, index) => ({
    credential: Buffer.from(voter.credential, 'hex'),
    weight: weightOf(voter, index),
  }));
  accepted(await engine.elections.issue(election.orgId, election.electionId, credentials, 'test'));
}

/** A motion unless `more` says otherwise. */
export async function newElection(engine: Engine, orgId: string, more: Partial<NewElection> = {}): Promise<Election> {
  const motion = { title: 'A motion', method: { method: 'motion' as const, settings: {} }, options: MOTION_OPTIONS };
  return accepted(await engine.elections.create(orgId, { ...motion, ...more }, 'test'));
}

/** An open election with these voters on its roll. */
export async function openElection(
  engine: Engine,
  orgId: string,
  voters: readonly Voter[],
  more: Partial<NewElection> = {},
): Promise<Election> {
  const election = await newElection(engine, orgId, more);
  if (voters.length > 0) await issueTo(engine, election, voters);
  return accepted(await engine.elections.open(orgId, election.electionId, 'test'));
}

/** What a voter sends. */
export function castOf(election: Election, { credential, castKey }: Voter, ballot: unknown = { choice: 'yes' }) {
  return { electionId: election.electionId, credential, castKey, ballot };
}
