import type { TestPolicy } from './campaign.ts';

/** The rules of coins once more, in memory and in the plainest words: what PostgreSQL does must be what this does. */

export type ModelPreset = 'ideas' | 'budget' | 'priority' | 'quadratic';
type CampaignStatus = 'draft' | 'active' | 'completed' | 'archived';
type IdeaStatus = 'pending' | 'approved' | 'competing' | 'accepted' | 'in_progress' | 'complete' | 'rejected';

export interface ModelAct {
  readonly user: string;
  readonly request: string;
  /** an idea; undefined: the purse */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly amount: number;
}

interface ModelPurse {
  available: number;
  expended: number;
  expired: number;
  isOpen: boolean;
  /** what was done, by request id; acts of members alone can be repeated */
  readonly done: Map<string, string>;
}

interface ModelIdea {
  readonly submitter: string;
  status: IdeaStatus;
  /** coins of each holder */
  readonly coins: Map<string, number>;
}

/** Acts of one purse in a batch; urn.allocate_coins asks again for those beyond. */
const TURNS = 8;
const DECIDED: readonly IdeaStatus[] = ['accepted', 'in_progress', 'complete'];
const OPEN: readonly IdeaStatus[] = ['pending', 'approved', 'competing'];
const FROM: Readonly<Record<string, readonly IdeaStatus[]>> = {
  approve: ['pending'],
  reject: OPEN,
  accept: ['competing'],
  start: ['accepted'],
  complete: ['in_progress'],
  merge: OPEN,
};

const nameOf = ({ from, to, amount }: ModelAct) => `${from ?? ''} ${to ?? ''} ${amount}`;
const isSquare = (coins: number) => Math.floor(Math.sqrt(coins)) ** 2 === coins;

/** One campaign. Answers are those of the urn's functions. */
export class CampaignModel {
  readonly #preset: ModelPreset;
  readonly #policy: Required<Omit<TestPolicy, 'coins_expire_at'>>;
  readonly #joined = new Set<string>();
  readonly #purses = new Map<string, ModelPurse>();
  readonly #ideas = new Map<string, ModelIdea>();
  #status: CampaignStatus = 'draft';
  #expired = false;

  constructor(preset: ModelPreset, policy: Required<Omit<TestPolicy, 'coins_expire_at'>>) {
    this.#preset = preset;
    this.#policy = policy;
  }

  join(users: readonly string[]): void {
    for (const user of users) this.#joined.add(user);
  }

  idea(id: string, submitter: string, status: IdeaStatus): void {
    this.#ideas.set(id, { submitter, status, coins: new Map() });
  }

  /** Purses of members who have joined are opened, each with its first coins; or closed as they are. */
  openPurses(users: readonly string[], open: boolean): number {
    if (open) return this.#status === 'active' ? this.#open(users.filter((user) => this.#joined.has(user))) : 0;
    for (const user of users) {
      const purse = this.#purses.get(user);
      if (purse !== undefined) purse.isOpen = false;
    }
    return 0;
  }

  change(act: string): string {
    const before = this.#status;
    const needed: Partial<Record<string, CampaignStatus>> = {
      activate: 'draft',
      complete: 'active',
      archive: 'completed',
    };
    if (before !== (needed[act] ?? before)) return before;
    if (act === 'expire') {
      if ((before !== 'active' && before !== 'completed') || this.#expired) return before;
      this.#expire();
      return 'done';
    }
    if (act === 'activate') {
      this.#status = 'active';
      for (const idea of this.#ideas.values()) if (idea.status === 'approved') idea.status = 'competing';
      this.#open([...this.#joined]);
      for (const [id, idea] of this.#ideas) if (idea.status === 'competing') this.#reward(id, idea.submitter);
    } else if (act === 'complete') {
      this.#status = 'completed';
      if (this.#policy.coin_expiry === 'at_end') this.#expire();
    } else this.#status = 'archived';
    return 'done';
  }

  decide(id: string, act: string, into: string | null): string {
    const idea = this.#ideas.get(id);
    if (idea === undefined) return 'not_found';
    if (!FROM[act]?.includes(idea.status)) return idea.status;
    const late = act === 'approve' && this.#status === 'completed';
    const early = ['accept', 'start', 'complete'].includes(act) && this.#status === 'draft';
    if (this.#status === 'archived' || late || early) return 'campaign';
    const target = into === null || into === id ? undefined : this.#ideas.get(into);
    if (act === 'merge') {
      if (target === undefined || !OPEN.includes(target.status)) return 'no_target';
      if (idea.status === 'competing' && target.status !== 'competing') return 'no_target';
    }
    if (act === 'approve') {
      idea.status = this.#status === 'draft' ? 'approved' : 'competing';
      this.#reward(id, idea.submitter);
    } else if (act === 'accept') {
      idea.status = 'accepted';
      for (const [user, coins] of idea.coins) this.#purse(user).expended += coins;
    } else if (act === 'start' || act === 'complete') {
      idea.status = act === 'start' ? 'in_progress' : 'complete';
    } else {
      idea.status = 'rejected';
      for (const [user, coins] of idea.coins) this.#moveAway(user, coins, act === 'merge' ? target : undefined);
      idea.coins.clear();
    }
    return 'done';
  }

  /** One answer an act: its code, with figures where it has them. */
  move(acts: readonly ModelAct[]): string[] {
    const answers = new Array<string>(acts.length);
    const turns = new Map<string, number>();
    const inTurns: number[][] = Array.from({ length: TURNS }, () => []);
    acts.forEach(({ user }, n) => {
      const turn = turns.get(user) ?? 0;
      turns.set(user, turn + 1);
      if (turn < TURNS) inTurns[turn]?.push(n);
      else answers[n] = 'r';
    });
    for (const turn of inTurns) for (const n of turn) answers[n] = this.#move(acts[n] as ModelAct);
    return answers;
  }

  purse(user: string): { available: number; allocated: number; expended: number; expired: number } | undefined {
    const purse = this.#purses.get(user);
    if (purse === undefined) return undefined;
    const { available, expended, expired } = purse;
    return { available, allocated: this.#allocated(user), expended, expired };
  }

  board(): Record<string, number> {
    const sums = [...this.#ideas].map(
      ([id, { coins }]) => [id, [...coins.values()].reduce((a, b) => a + b, 0)] as const,
    );
    return Object.fromEntries(sums.filter(([, sum]) => sum > 0));
  }

  #move(act: ModelAct): string {
    const purse = this.#purses.get(act.user);
    if (purse === undefined) return '3';
    const [from, to] = [act.from, act.to].map((id) => (id === undefined ? undefined : this.#ideas.get(id)));
    const on = (idea: ModelIdea | undefined) => idea?.coins.get(act.user) ?? 0;
    const figures = (code: string) =>
      [code, purse.available, this.#allocated(act.user), purse.expended, on(from), on(to)].join(':');
    const before = purse.done.get(act.request);
    if (before !== undefined) return before === nameOf(act) ? figures('1') : '4';
    const refused = this.#refusal(act, purse, from, to);
    if (refused !== null) return 'abk'.includes(refused) ? figures(refused) : refused;
    if (from === undefined) purse.available -= act.amount;
    else put(from, act.user, on(from) - act.amount);
    if (to === undefined) purse.available += act.amount;
    else put(to, act.user, on(to) + act.amount);
    purse.done.set(act.request, nameOf(act));
    return figures('0');
  }

  #refusal(act: ModelAct, purse: ModelPurse, from: ModelIdea | undefined, to: ModelIdea | undefined): string | null {
    if (this.#status === 'draft') return '5';
    if (this.#status !== 'active') return '7';
    if (!purse.isOpen) return '3';
    if (act.from !== undefined && from === undefined) return 'i';
    if (act.to !== undefined && to === undefined) return 'e';
    if (from !== undefined && DECIDED.includes(from.status)) return 'h';
    if (to !== undefined && DECIDED.includes(to.status)) return 'g';
    if (to !== undefined && to.status !== 'competing') return 'f';
    if (from !== undefined && to !== undefined && !this.#policy.allow_reallocation) return 'c';
    if (from !== undefined && to === undefined && !this.#policy.allow_recycling) return 'd';
    const [onFrom, onTo] = [from?.coins.get(act.user) ?? 0, to?.coins.get(act.user) ?? 0];
    if (from === undefined && act.amount > purse.available) return 'a';
    if (from !== undefined && act.amount > onFrom) return 'b';
    const broken = (from && !isSquare(onFrom - act.amount)) || (to && !isSquare(onTo + act.amount));
    return this.#preset === 'quadratic' && broken ? 'k' : null;
  }

  /** Coins on ideas that are not decided. */
  #allocated(user: string): number {
    let sum = 0;
    for (const { status, coins } of this.#ideas.values()) if (!DECIDED.includes(status)) sum += coins.get(user) ?? 0;
    return sum;
  }

  #purse(user: string): ModelPurse {
    return this.#purses.get(user) as ModelPurse;
  }

  #open(users: readonly string[]): number {
    let given = 0;
    for (const user of users) {
      const present = this.#purses.get(user);
      if (present !== undefined) present.isOpen = true;
      else this.#purses.set(user, { available: 0, expended: 0, expired: 0, isOpen: true, done: new Map() });
      given += this.#give(user, 'initial', this.#policy.initial_allocation);
    }
    return given;
  }

  #reward(ideaId: string, submitter: string): void {
    if (this.#purses.has(submitter)) this.#give(submitter, ideaId, this.#policy.idea_submission_reward);
  }

  /** Once for each reason. */
  #give(user: string, reason: string, coins: number): number {
    const purse = this.#purse(user);
    if (coins === 0 || this.#expired || purse.done.has(reason)) return 0;
    purse.done.set(reason, 'given');
    purse.available += coins;
    return 1;
  }

  #expire(): void {
    this.#expired = true;
    for (const purse of this.#purses.values()) {
      purse.expired += purse.available;
      purse.available = 0;
    }
  }

  /** From an idea that is no more: onto another as far as that takes them, the rest into the purse, or away if it is over. */
  #moveAway(user: string, coins: number, target: ModelIdea | undefined): void {
    let back = coins;
    if (target !== undefined) {
      const all = (target.coins.get(user) ?? 0) + coins;
      const kept = this.#preset === 'quadratic' ? Math.floor(Math.sqrt(all)) ** 2 : all;
      put(target, user, kept);
      back = all - kept;
    }
    const purse = this.#purse(user);
    if (this.#expired) purse.expired += back;
    else purse.available += back;
  }
}

function put({ coins }: ModelIdea, user: string, amount: number): void {
  if (amount === 0) coins.delete(user);
  else coins.set(user, amount);
}
