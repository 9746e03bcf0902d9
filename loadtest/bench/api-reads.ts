import { type PsephosError, PsephosHttp } from '../../client/index.ts';
import { SeededRandom } from '../fault/seeded-random.ts';
import { makePeople } from './member-names.ts';
import { openPoll, type Poll, requestsOf } from './poll.ts';
import { quantile, rounded } from './quantiles.ts';
import { type Stage, valueFrom } from './stage.ts';

/** Asked by so many pages at the same moment. */
const AT_ONCE = 4;
const WARM_UP = 20;
const PAGE_ROWS = 100;
const CAST_AT_ONCE = 500;

export interface ReadSizes {
  /** of each kind */
  readonly reads: number;
  /** of the published election whose result and ballots are read */
  readonly ballots: number;
  /** elections of the organisation, for their list */
  readonly elections: number;
}

/** 95 of 100 reads take at most so many milliseconds, through HTTP, four at a time. */
export interface ReadFigures {
  readonly member_search: number;
  readonly members_page: number;
  readonly election: number;
  readonly elections_page: number;
  readonly tally: number;
  readonly participation: number;
  readonly result: number;
  readonly ballots_page: number;
}

interface Reader {
  readonly stage: Stage;
  readonly httpUrl: string;
  readonly sizes: ReadSizes;
}

/** @param largeOrgId has the members that are searched; made by measureMembers */
export async function measureReads(reader: Reader, largeOrgId: string, members: number): Promise<ReadFigures> {
  const large = await asAdmin(reader, largeOrgId);
  const ours = await asAdmin(reader, reader.stage.orgId);
  const people = makePeople(members, 'large');
  const random = new SeededRandom('searches over HTTP');
  const member_search = await p95(reader, () => {
    const { last } = random.pick(people);
    return large.call({
      method: 'GET',
      path: '/v1/members',
      query: { q: random.chance(0.5) ? last : last.slice(0, 3) },
    });
  });
  const members_page = await pages(reader, large, '/v1/members');
  const { open, published } = await makeElections(reader);
  const at = `/v1/elections/${published.electionId}`;
  const get = (path: string) => p95(reader, () => ours.call({ method: 'GET', path }));
  return {
    member_search,
    members_page,
    election: await get(at),
    elections_page: await get(`/v1/elections?limit=${PAGE_ROWS}`),
    tally: await get(`/v1/elections/${open.electionId}/tally`),
    participation: await get(`/v1/elections/${open.electionId}/participation`),
    result: await get(`${at}/result`),
    ballots_page: await pages(reader, ours, `${at}/ballots`),
  };
}

/** A key that no limit slows down: what is measured is the answer, not the limit. */
export async function asAdmin({ stage, httpUrl }: Pick<Reader, 'stage' | 'httpUrl'>, orgId: string) {
  const key = { name: 'bench', roles: ['admin'], requestsPerSecond: 50_000 } as const;
  const { secret } = valueFrom(await stage.engine.apiKeys.create(orgId, key));
  return new PsephosHttp({ baseUrl: httpUrl, secret, timeoutMs: 60_000 });
}

/** One election that is open and half voted, one that is published, and the others of a busy year. */
async function makeElections({ stage, sizes }: Reader): Promise<{ open: Poll; published: Poll }> {
  for (let extra = 2; extra < sizes.elections; extra += 1) await openPoll(stage, 1);
  const open = await openPoll(stage, sizes.ballots);
  await castAll(stage, open, sizes.ballots / 2);
  const published = await openPoll(stage, sizes.ballots);
  await castAll(stage, published, sizes.ballots);
  const { elections } = stage.engine;
  valueFrom(await elections.close(stage.orgId, published.electionId, 'bench'));
  valueFrom(await elections.publish(stage.orgId, published.electionId, 'bench'));
  return { open, published };
}

async function castAll({ engine }: Stage, poll: Poll, count: number): Promise<void> {
  for (let from = 0; from < count; from += CAST_AT_ONCE) {
    const requests = requestsOf(poll, from, Math.min(count, from + CAST_AT_ONCE));
    const answers = await Promise.all(requests.map((request) => engine.elections.cast(poll.orgId, request)));
    for (const answer of answers) valueFrom(answer);
  }
}

/** One page after the other, from the first again after the last. */
async function pages(reader: Reader, http: PsephosHttp, path: string): Promise<number> {
  let cursor: string | undefined;
  return p95(reader, async () => {
    const query = { limit: String(PAGE_ROWS), cursor };
    const page = await http.call<{ next_cursor: string | null }>({ method: 'GET', path, query });
    cursor = page.next_cursor ?? undefined;
  });
}

/** @throws PsephosError of the first read that is refused: a refusal is quick, and would look good */
async function p95({ sizes }: Reader, read: () => Promise<unknown>): Promise<number> {
  const timesMs: number[] = [];
  let left = sizes.reads + WARM_UP;
  const reader = async () => {
    while (left > 0) {
      left -= 1;
      const warmingUp = left >= sizes.reads;
      const startedMs = performance.now();
      await read().catch((error: PsephosError) => {
        left = 0;
        throw error;
      });
      if (!warmingUp) timesMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  return rounded(quantile(timesMs, 0.95));
}
