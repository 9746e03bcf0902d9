import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type TestCampaign, TestCampaigns } from '../harness/campaign.ts';
import { CampaignModel, type ModelAct, type ModelPreset } from '../harness/model-coins.ts';
import { freshDatabase } from '../harness/postgres.ts';

// FC_SEED=<the printed number> repeats a run; CONFORMANCE_RUNS=<scripts in all> makes it longer.
const seed = Number(process.env.FC_SEED ?? fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31);
const runs = Number(process.env.CONFORMANCE_RUNS ?? 160);
process.stdout.write(`conformance of coins and their model: FC_SEED=${seed}\n`);
const PRESETS: readonly ModelPreset[] = ['ideas', 'budget', 'priority', 'quadratic'];
const RUNS_PER_PRESET = Math.ceil(runs / PRESETS.length);
const TIMEOUT_MS = 60_000 + RUNS_PER_PRESET * 2_000;
/** Whoever is addressed by a number in a script: numbers are taken modulo what there is. */
const MEMBERS = 4;
const IDEAS = 5;

const database = await freshDatabase();
const campaigns = new TestCampaigns(database.ownerUrl);
afterAll(() => campaigns.close());

/** One act of a batch; idea numbers, null for the purse. */
interface ScriptedAct {
  readonly user: number;
  readonly from: number | null;
  readonly to: number | null;
  readonly amount: number;
  /** names an earlier act of the script again, with its own content or with this one */
  readonly again: 'no' | 'same' | 'other';
  readonly which: number;
}

type Command =
  | { readonly do: 'move'; readonly acts: readonly ScriptedAct[] }
  | { readonly do: 'decide'; readonly idea: number; readonly act: string; readonly into: number }
  | { readonly do: 'change'; readonly act: string }
  | { readonly do: 'submit'; readonly user: number }
  | { readonly do: 'join' }
  | { readonly do: 'purses'; readonly user: number; readonly open: boolean };

interface Script {
  readonly policy: {
    readonly initial_allocation: number;
    readonly idea_submission_reward: number;
    readonly allow_reallocation: boolean;
    readonly allow_recycling: boolean;
    readonly coin_expiry: 'never' | 'at_end';
  };
  readonly commands: readonly Command[];
}

const place = fc.nat({ max: 11 });
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 7, 9, 16) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
);
/** To an idea (half of all), back from one, from one to another. */
const way = fc.oneof(
  { weight: 4, arbitrary: fc.record({ from: fc.constant(null), to: place }) },
  { weight: 2, arbitrary: fc.record({ from: place, to: fc.constant(null) }) },
  { weight: 3, arbitrary: fc.record({ from: place, to: place }) },
);
const scriptedAct: fc.Arbitrary<ScriptedAct> = fc
  .record({
    user: fc.nat({ max: 7 }),
    way,
    amount,
    again: fc.constantFrom(
      'no' as const,
      'no' as const,
      'no' as const,
      'no' as const,
      'same' as const,
      'other' as const,
    ),
    which: fc.nat({ max: 200 }),
  })
  .map(({ way: { from, to }, ...rest }) => ({ ...rest, from, to }));
const move = fc.array(scriptedAct, { minLength: 1, maxLength: 24 }).map((acts): Command => ({ do: 'move', acts }));
const decide = fc.record({
  do: fc.constant('decide' as const),
  idea: place,
  act: fc.constantFrom('approve', 'approve', 'reject', 'accept', 'start', 'complete', 'merge', 'merge'),
  into: place,
});
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 9, arbitrary: move },
  { weight: 4, arbitrary: decide },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('submit' as const), user: fc.nat({ max: 7 }) }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'join' }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('purses' as const), user: fc.nat({ max: 7 }), open: fc.boolean() }),
  },
  {
    weight: 1,
    // what ends a campaign comes seldom, so that most of a script happens while it runs
    arbitrary: fc
      .constantFrom('activate', 'activate', 'activate', 'expire', 'complete', 'archive', 'archive')
      .map((act): Command => ({ do: 'change', act })),
  },
);
const policy = fc.record({
  initial_allocation: fc.constantFrom(0, 10, 30, 100),
  idea_submission_reward: fc.constantFrom(0, 0, 5),
  allow_reallocation: fc.constantFrom(true, true, false),
  allow_recycling: fc.constantFrom(true, true, false),
  coin_expiry: fc.constantFrom('never' as const, 'at_end' as const),
});
const script: fc.Arbitrary<Script> = fc.record({
  policy,
  commands: fc.array(command, { minLength: 6, maxLength: 24, size: 'max' }),
});

/** The same campaign in both worlds. */
class Worlds {
  readonly #sql: TestCampaign;
  readonly #model: CampaignModel;
  readonly #users: string[] = [];
  readonly #ideas: string[] = [];
  readonly #acts: ModelAct[] = [];

  private constructor(sql: TestCampaign, model: CampaignModel) {
    this.#sql = sql;
    this.#model = model;
  }

  static async open(preset: ModelPreset, rules: Script['policy']): Promise<Worlds> {
    const worlds = new Worlds(await campaigns.campaign(), new CampaignModel(preset, rules));
    worlds.#users.push(...(await worlds.#sql.make(MEMBERS, preset, rules)));
    worlds.#model.join(worlds.#users);
    for (let i = 0; i < IDEAS; i += 1) await worlds.#submit(i, i === 0 ? 'pending' : 'approved');
    return worlds;
  }

  async carryOut(wanted: Command): Promise<void> {
    switch (wanted.do) {
      case 'move': {
        const acts = wanted.acts.flatMap((act) => this.#actOf(act));
        if (acts.length === 0) return;
        expect(await this.#sql.move(acts.map(plain))).toEqual(this.#model.move(acts));
        return;
      }
      case 'decide': {
        const [idea, other] = [this.#idea(wanted.idea), this.#idea(wanted.into)];
        const into = wanted.act === 'merge' ? other : null;
        const told = await this.#sql.decide(idea, wanted.act, into);
        expect([wanted, told]).toEqual([wanted, this.#model.decide(idea, wanted.act, into)]);
        return;
      }
      case 'change':
        expect([wanted, await this.#sql.change(wanted.act)]).toEqual([wanted, this.#model.change(wanted.act)]);
        return;
      case 'submit':
        return this.#submit(wanted.user, 'pending');
      case 'join': {
        const users = await this.#sql.join(1);
        this.#users.push(...users);
        this.#model.join(users);
        expect(await this.#sql.openPurses(users)).toBe(this.#model.openPurses(users, true));
        return;
      }
      case 'purses': {
        const users = [this.#user(wanted.user)];
        expect(await this.#sql.openPurses(users, wanted.open)).toBe(this.#model.openPurses(users, wanted.open));
      }
    }
  }

  /** What can be read of both is the same, and nothing contradicts anything. */
  async compare(): Promise<void> {
    for (const user of this.#users) {
      const expected = this.#model.purse(user);
      if (expected !== undefined) expect(await this.#sql.purse(user)).toEqual(expected);
    }
    expect(await this.#sql.board()).toEqual(this.#model.board());
    expect(await this.#sql.contradictions()).toEqual([]);
  }

  async #submit(user: number, status: 'pending' | 'approved'): Promise<void> {
    const submitter = this.#user(user);
    const id = await this.#sql.idea(submitter, status);
    this.#ideas.push(id);
    this.#model.idea(id, submitter, status);
  }

  #user(n: number): string {
    return this.#users[n % this.#users.length] as string;
  }

  #idea(n: number): string {
    return this.#ideas[n % this.#ideas.length] as string;
  }

  /** Nothing for an act from an idea to itself, which the engine refuses. */
  #actOf({ user, from, to, amount: coins, again, which }: ScriptedAct): ModelAct[] {
    const earlier = this.#acts[which % Math.max(1, this.#acts.length)];
    if (earlier !== undefined && again === 'same') return [earlier];
    const [source, target] = [from, to].map((n) => (n === null ? undefined : this.#idea(n)));
    if (source === target) return [];
    const named = again === 'other' && earlier !== undefined;
    const act: ModelAct = {
      user: named ? earlier.user : this.#user(user),
      request: named ? earlier.request : randomUUID(),
      from: source,
      to: target,
      amount: coins,
    };
    this.#acts.push(act);
    return [act];
  }
}

function plain({ user, request, from, to, amount: coins }: ModelAct) {
  return { user, request, amount: coins, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

describe('coins in PostgreSQL move as the model says, command by command', () => {
  test.each(PRESETS)(
    '%s',
    async (preset) => {
      const play = async ({ policy: rules, commands }: Script) => {
        const worlds = await Worlds.open(preset, rules);
        const all: readonly Command[] = [{ do: 'change', act: 'activate' }, ...commands];
        for (const wanted of all) await worlds.carryOut(wanted);
        await worlds.compare();
      };
      await fc.assert(fc.asyncProperty(script, play), {
        seed,
        numRuns: RUNS_PER_PRESET,
        interruptAfterTimeLimit: TIMEOUT_MS / 2, // shrinking ends in time to be printed
        markInterruptAsFailure: true,
      });
    },
    TIMEOUT_MS,
  );
});

test('before it starts no coin moves, and what was approved then competes from the start', async () => {
  const worlds = await Worlds.open('ideas', {
    ...{ initial_allocation: 30, idea_submission_reward: 5, coin_expiry: 'at_end' },
    ...{ allow_reallocation: true, allow_recycling: true },
  });
  const give: Command = {
    do: 'move',
    acts: [{ user: 0, from: null, to: 1, amount: 4, again: 'no', which: 0 }],
  };
  const decideOn = (idea: number, act: string): Command => ({ do: 'decide', idea, act, into: 1 });
  const changeTo = (act: string): Command => ({ do: 'change', act });
  const commands = [
    give,
    decideOn(0, 'approve'),
    decideOn(2, 'accept'),
    changeTo('complete'),
    changeTo('activate'),
    give,
  ];
  const ending = [decideOn(1, 'accept'), changeTo('complete'), give, decideOn(2, 'reject'), changeTo('archive')];
  for (const wanted of [...commands, ...ending, decideOn(3, 'reject'), changeTo('expire')])
    await worlds.carryOut(wanted);
  await worlds.compare();
});
