import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing, type NewElectionInput, PsephosError, PsephosHttp } from '../../client/index.ts';
import type { PublishedBallotView } from '../../protocol/ballots.ts';
import { PAGE_MAX_ROWS } from '../../protocol/page.ts';
import type { Evidence } from './evidence.ts';

const PATIENCE_MS = 20_000;
const PAUSE_MS = 50;

export interface Credential {
  readonly hash: string;
  readonly weight: string;
}

/** The chair of a run: asks over HTTP, first the gateway it likes best, then any, until something answers. */
export class Chair {
  readonly #gateways: readonly PsephosHttp[];
  #turn: number;

  constructor(httpUrls: readonly string[], apiKey: string, favourite = 0) {
    this.#gateways = httpUrls.map((baseUrl) => new PsephosHttp({ baseUrl, secret: apiKey }));
    this.#turn = favourite;
  }

  /** An open election with these credentials on its roll; its id. */
  async open(election: NewElectionInput, credentials: readonly Credential[]): Promise<string> {
    const { election_id: id } = await this.#ask((http) => http.createElection(election));
    await this.#ask((http) => http.issueCredentials(id, [...credentials]));
    await this.#reach(id, 'open', (http) => http.open(id));
    return id;
  }

  /** Resolves once the election is closed, whoever's request did it. */
  async close(id: string): Promise<Evidence['close']> {
    const askedMs = performance.now();
    await this.#reach(id, 'closed', (http) => http.close(id));
    return { askedMs, doneMs: performance.now() };
  }

  /** Members whom workers have to tell of meetings. */
  async enrol(members: number): Promise<void> {
    for (let number = 1; number <= members; number += 1) {
      const body = { number: `F${number}`, name: `Member ${number}`, email: `member.${number}@example.org` };
      await this.#ask((http) => http.call({ method: 'POST', path: '/v1/members', body, creates: true }));
    }
  }

  /** A meeting to which all members are invited. Asked again it invites nobody twice; a lost answer may leave an empty one. */
  async invite(title: string): Promise<void> {
    const { meeting_id: id } = await this.#ask((http) => http.createMeeting(title));
    const path = `/v1/meetings/${id}/invitations`;
    await this.#ask((http) => http.call({ method: 'POST', path, body: {} }));
  }

  publish(id: string): Promise<void> {
    return this.#reach(id, 'published', (http) => http.publish(id));
  }

  /** All that is published of an election. */
  async read(id: string): Promise<Pick<Evidence, 'published' | 'participation' | 'tally' | 'recount' | 'result'>> {
    const published: PublishedBallotView[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const from = cursor === undefined ? {} : { cursor };
      const page = await this.#ask((http) => http.ballots(id, { limit: PAGE_MAX_ROWS, ...from }));
      published.push(...page.items);
      cursor = page.next_cursor;
    }
    return {
      published,
      participation: await this.#ask((http) => http.participation(id)),
      tally: await this.#ask((http) => http.tally(id)),
      recount: await this.#ask((http) => http.recount(id)),
      result: await this.#ask((http) => http.result(id)),
    };
  }

  /** A change that was carried out although its answer was lost is seen by the state. */
  async #reach(id: string, state: string, change: (http: PsephosHttp) => Promise<unknown>): Promise<void> {
    await this.#ask(async (http) => {
      try {
        await change(http);
      } catch (error) {
        if ((await http.election(id)).state !== state) throw error;
      }
    });
  }

  async #ask<T>(question: (http: PsephosHttp) => Promise<T>): Promise<T> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await question(this.#gateways[this.#turn % this.#gateways.length] as PsephosHttp);
      } catch (error) {
        const { code = undefined, details = {} } = error instanceof PsephosError ? error : {};
        const passes = code === 'UNREACHABLE' || (code !== undefined && isPassing(code)) || 'retry_after_ms' in details;
        if (!passes || performance.now() > untilMs) throw error;
        this.#turn += 1;
        await sleep(PAUSE_MS);
      }
    }
  }
}
