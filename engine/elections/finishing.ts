import type { Outcome } from '../outcome.ts';
import type { Background } from './background.ts';
import type { Counting } from './count.ts';
import type { Definitions } from './definitions.ts';
import type { Election } from './election.ts';

/** Each holds a connection of the management pool for as long as it takes. */
const COUNTS_AT_ONCE = 2;

export interface FinishingParts {
  readonly definitions: Definitions;
  readonly counting: Counting;
  readonly background: Background;
  get(orgId: string, electionId: string): Promise<Outcome<Election>>;
  /** told of each election that is sealed and counted */
  finished(orgId: string, electionId: string): Promise<void>;
}

/** Seals and counts what has closed, beside the sweep, so that a long count holds up no clock. */
export class Finishing {
  readonly #parts: FinishingParts;
  readonly #running = new Set<string>();

  constructor(parts: FinishingParts) {
    this.#parts = parts;
  }

  /** What is left out here, since enough is going on, the next sweep asks for again. */
  begin(orgId: string, electionId: string): void {
    if (this.#running.has(electionId) || this.#running.size >= COUNTS_AT_ONCE) return;
    this.#running.add(electionId);
    const finishing = this.#finish(orgId, electionId).finally(() => this.#running.delete(electionId));
    this.#parts.background.add(finishing);
  }

  async #finish(orgId: string, electionId: string): Promise<void> {
    const { definitions, counting, get, finished } = this.#parts;
    const definition = await definitions.load(orgId, electionId);
    if (definition === undefined) return;
    const election = await get(orgId, electionId);
    if (!election.ok) return;
    if (election.value.state === 'cancelled') await counting.seal(orgId, electionId);
    else await counting.result(definition);
    await finished(orgId, electionId);
  }
}
