import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewElection, TallyFigures } from '../../engine/index.ts';
import { METHOD_IDS } from '../../protocol/methods/index.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { ElectionsModel, type ElectionsRoom } from '../harness/model.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { type Act, type Plan, type Script, script } from './scripts.ts';
import { aim, issue, maskedTally, perform, type Stage } from './world.ts';

// FC_SEED=<the printed number> repeats a run; CONFORMANCE_RUNS=<scripts in all> makes it longer.
const seed = Number(process.env.FC_SEED ?? fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31);
const runs = Number(process.env.CONFORMANCE_RUNS ?? 150);
process.stdout.write(`conformance of engine and model: FC_SEED=${seed}\n`);
const RUNS_PER_METHOD = Math.ceil(runs / METHOD_IDS.length);
/** A script takes about 0.2 s; a shrinking one is run again and again. */
const TIMEOUT_MS = 60_000 + RUNS_PER_METHOD * 2_000;

const engine = await openEngine(await freshDatabase());
const orgIds = [await newOrganisation(engine, 'Ayes'), await newOrganisation(engine, 'Noes')] as const;

function electionOf({ election, ...plan }: Plan): NewElection {
  return {
    title: `By ${election.method}`,
    method: { method: election.method, settings: election.settings } as NewElection['method'],
    options: election.ids.map((id) => ({ id, title: `Option ${id}` })),
    rules: plan.rules,
    secrecy: plan.secrecy,
    visibility: plan.visibility,
    secretStep: plan.secretStep,
    present: plan.present ?? undefined,
  };
}

/** The same elections in both worlds: the engine makes the ids, the model takes them over. */
async function setStage(plans: readonly Plan[]): Promise<{ model: ElectionsModel; stage: Stage }> {
  const electionIds: string[] = [];
  const model = new ElectionsModel(() => electionIds.at(-1) as string);
  for (const plan of plans) {
    const input = electionOf(plan);
    const orgId = orgIds[plan.home];
    electionIds.push(accepted(await engine.elections.create(orgId, input, 'conformance')).electionId);
    accepted(await model.create(orgId, input));
  }
  return { model, stage: { orgIds, plans, electionIds, limited: false } };
}

/** What the last tally of each election counted. */
type Counted = Map<string, number>;

async function compareTally(model: ElectionsModel, stage: Stage, act: Act & { act: 'tally' }, counted: Counted) {
  const { orgId, electionId, plan } = aim(stage, act.election, act.stranger);
  const [told, exact] = await Promise.all([engine.elections.tally(orgId, electionId), model.tally(orgId, electionId)]);
  if (!told.ok || !exact.ok) return;
  const expected = maskedTally(plan, told.value, exact.value);
  const options = expected.options && model.figuresOfFirst(orgId, electionId, expected.counted);
  const comparable = (figures: TallyFigures) => ({ ...figures, pos: 0, at: 0 });
  const standing = model.standingOfFirst(orgId, electionId, told.value);
  expect(comparable(told.value)).toEqual(comparable({ ...expected, options, standing }));
  const step = told.value.counted - (counted.get(electionId) ?? 0);
  if (plan.secrecy === 'secret' && told.value.state === 'open' && step > 0) {
    expect(step).toBeGreaterThanOrEqual(plan.secretStep);
  }
  counted.set(electionId, told.value.counted);
}

/** The engine counts what was used in the whole month, the model what is left. */
async function setQuota(model: ElectionsModel, stage: Stage, { home, credentials, ballots }: Act & { act: 'quota' }) {
  stage.limited = ballots !== null;
  const orgId = stage.orgIds[home];
  const { used } = accepted(await engine.usage.use(orgId));
  const most = (left: number | null, already: number) => (left === null ? null : left + already);
  accepted(
    await engine.usage.setQuotas(orgId, {
      credentials: most(credentials, used.credentials),
      ballots: most(ballots, used.ballots),
      allocations: null,
    }),
  );
  model.leave(orgId, { credentials, ballots });
}

async function bothDo(model: ElectionsModel, stage: Stage, act: Act, counted: Counted): Promise<void> {
  if (act.act === 'quota') return setQuota(model, stage, act);
  const told = await perform(engine.elections, stage, act);
  const expected = await perform(model, stage, act);
  expect(told, `${act.act} differs`).toEqual(expected);
  if (act.act === 'tally') await compareTally(model, stage, act as Act & { act: 'tally' }, counted);
}

async function start(rooms: readonly ElectionsRoom[], stage: Stage): Promise<void> {
  for (const [index, plan] of stage.plans.entries()) {
    if (!plan.started) continue;
    const { orgId, electionId } = aim(stage, index, false);
    for (const room of rooms) {
      accepted(await issue(room, stage, index, false, 0, plan.election.votes.length - 1)); // one voter is on no roll
      accepted(await room.open(orgId, electionId, 'conformance'));
    }
  }
}

/** Every election is led to its end, and everything that can be read of it read. */
function ending(plans: readonly Plan[]): Act[] {
  const acts = ['tally', 'close', 'tally', 'participation', 'result', 'recount', 'publish', 'get', 'tally'] as const;
  return plans.flatMap(({ election: { votes } }, election): Act[] => [
    ...acts.map((act) => ({ act, election, stranger: false })),
    { act: 'ballots', election, stranger: false, limit: 7 },
    ...votes.map((_, voter): Act => ({ act: 'ballot', election, stranger: false, voter, key: 0 })),
  ]);
}

async function play({ plans, acts }: Script): Promise<void> {
  const { model, stage } = await setStage(plans);
  for (const orgId of orgIds) {
    accepted(await engine.usage.setQuotas(orgId, { credentials: null, ballots: null, allocations: null })); // of the script before
  }
  await start([engine.elections, model], stage);
  const counted: Counted = new Map();
  for (const act of [...acts, ...ending(plans)]) await bothDo(model, stage, act, counted);
}

describe('the engine on PostgreSQL does what the model does, act by act', () => {
  test.each(METHOD_IDS)(
    '%s',
    async (method) => {
      await fc.assert(fc.asyncProperty(script(method), play), {
        seed,
        numRuns: RUNS_PER_METHOD,
        interruptAfterTimeLimit: TIMEOUT_MS / 2, // shrinking ends in time to be printed
        markInterruptAsFailure: true,
      });
    },
    TIMEOUT_MS,
  );
});

test('what no election may be is refused by both alike', async () => {
  const wrong: NewElection[] = [
    { title: 'x', method: { method: 'motion', settings: {} }, options: [{ id: 'maybe', title: 'Maybe' }] },
    { title: 'x', method: { method: 'stv', settings: { seats: 3 } }, options: [{ id: 'a', title: 'A' }] },
    {
      title: 'x',
      method: { method: 'borda', settings: { seats: 1 } },
      options: [
        { id: 'a', title: 'A' },
        { id: 'a', title: 'B' },
      ],
    },
  ];
  const model = new ElectionsModel(() => 'none');
  for (const input of wrong) {
    const [told, expected] = [
      await engine.elections.create(orgIds[0], input, 'conformance'),
      await model.create(orgIds[0], input),
    ];
    expect(told).toEqual(expected);
    expect(told.ok).toBe(false);
  }
});
