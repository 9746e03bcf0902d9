import type { FieldProblem } from '../../protocol/field-problems.ts';
import type { Database, Transaction } from '../db/index.ts';
import { limits } from '../limits.ts';
import type { LogFeed } from '../log/index.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import type { Page } from '../page.ts';
import type {
  Campaign,
  CampaignMember,
  CampaignMemberState,
  CampaignRole,
  MemberInvitation,
  Membership,
} from './campaign.ts';
import * as queries from './campaign-member-queries.ts';
import { holdCampaign, lockCampaign } from './campaign-queries.ts';
import { NO_CAMPAIGN, Transactions } from './transactions.ts';

const NO_PART = refuse('not_found', 'This member has no part in the campaign.', { details: { resource: 'member' } });
const NOT_JOINED = refuse('forbidden', 'You have no part in this campaign.', {
  details: { reason: 'not_joined', role: 'member' },
});
const NOT_INVITED = refuse('forbidden', 'This campaign is by invitation. Ask one of its managers.', {
  details: { reason: 'not_invited', role: 'member' },
});
const REQUESTED = refuse('conflict', 'You have asked to join already. A manager decides.', {
  details: { reason: 'requested_already' },
});
const LAST_MANAGER = refuse('conflict', 'A campaign needs a manager. Make somebody else one first.', {
  details: { reason: 'last_manager' },
});
/** A client that names thousands of strangers learns enough from the first ones. */
const PROBLEMS_MAX = 20;

function over({ status }: Campaign): Outcome<never> | null {
  if (status === 'draft' || status === 'active') return null;
  return refuse('campaign_inactive', `This campaign is ${status}: nobody joins it any more.`, { details: { status } });
}

/** What becomes of a member who wants to join. */
function joiningState({ campaignType }: Campaign, present: Membership | undefined): Outcome<'joined' | 'requested'> {
  if (present?.state === 'joined' || present?.state === 'invited' || campaignType === 'open') return accept('joined');
  if (campaignType === 'closed') return NOT_INVITED;
  return present?.state === 'requested' ? REQUESTED : accept('requested');
}

/** Who takes part in a campaign. Whoever joins while it is active has a purse with the commit that says so. */
export class CampaignMembers {
  readonly #transactions: Transactions;

  constructor(database: Database, feed: LogFeed) {
    this.#transactions = new Transactions(database, feed);
  }

  /** In the order in which they were invited, asked or joined. */
  async list(
    orgId: string,
    id: string,
    query: queries.MemberPageQuery & { readonly limit?: number },
  ): Promise<Outcome<Page<CampaignMember>>> {
    const limit = Math.min(query.limit ?? limits.pageDefaultRows, limits.pageMaxRows);
    return this.#transactions.read(orgId, async (tx) => {
      const rows = await queries.selectMembers(tx, orgId, id, query, limit + 1);
      const items = rows.slice(0, limit);
      return accept({ items, nextCursor: rows.length > limit ? (items.at(-1)?.userId ?? null) : null });
    });
  }

  /**
   * All of them or none: a row that names nobody of the organisation refuses the call and is named. Who had asked to join is
   * in at once; who is invited or has joined already stays as they are.
   */
  async invite(
    orgId: string,
    id: string,
    invitations: readonly MemberInvitation[],
    by: string,
  ): Promise<Outcome<{ invited: number; admitted: number; unchanged: number }>> {
    return this.#transactions.write(orgId, async (tx) => {
      const campaign = await holdCampaign(tx, orgId, id);
      if (campaign === undefined) return NO_CAMPAIGN;
      const refused = over(campaign);
      if (refused !== null) return refused;
      const meant = await membersMeant(tx, orgId, invitations);
      if (!meant.ok) return meant;
      const changed = await queries.inviteMembers(tx, orgId, id, meant.value, by);
      const admitted = changed.filter(({ state }) => state === 'joined').map(({ userId }) => userId);
      if (admitted.length > 0) await queries.changePurses(tx, orgId, id, admitted, true, by);
      if (changed.length > 0) await queries.announceMembers(tx, orgId, id, by, changed);
      return accept({
        invited: changed.length - admitted.length,
        admitted: admitted.length,
        unchanged: invitations.length - changed.length,
      });
    });
  }

  /** Joins what is open and where one is invited; asks to join what is mediated. Joining again changes nothing. */
  async join(orgId: string, id: string, userId: string): Promise<Outcome<CampaignMember>> {
    return this.#transactions.write(orgId, async (tx) => {
      const campaign = await holdCampaign(tx, orgId, id);
      if (campaign === undefined) return NO_CAMPAIGN;
      let present = await queries.lockMembership(tx, orgId, id, userId);
      if (present?.state === 'joined') return part(tx, orgId, id, userId);
      const refused = over(campaign);
      if (refused !== null) return refused;
      const state = joiningState(campaign, present);
      if (!state.ok) return state;
      if (present === undefined && !(await queries.insertPart(tx, orgId, id, userId, state.value))) {
        present = await queries.lockMembership(tx, orgId, id, userId); // another device was faster
        if (present?.state === state.value) return part(tx, orgId, id, userId);
      }
      if (present !== undefined) {
        const role: CampaignRole = present.state === 'invited' ? present.role : 'member'; // who has left comes back as a member
        await queries.updateMember(tx, orgId, id, userId, { role, state: state.value });
      }
      if (state.value === 'joined') await queries.changePurses(tx, orgId, id, [userId], true, userId);
      await queries.announceMembers(tx, orgId, id, userId, [{ userId, state: state.value }]);
      return part(tx, orgId, id, userId);
    });
  }

  /** Leaves, takes a request back, or declines an invitation. Coins stay where they are and move no more. */
  async leave(orgId: string, id: string, userId: string): Promise<Outcome<null>> {
    return this.#transactions.write(orgId, async (tx) => {
      if ((await lockCampaign(tx, orgId, id)) === undefined) return NO_CAMPAIGN;
      const present = await queries.lockMembership(tx, orgId, id, userId);
      if (present === undefined || present.state === 'left') return NOT_JOINED;
      const changed = await this.#changePart(tx, orgId, id, userId, present, { ...present, state: 'left' }, userId);
      return changed.ok ? accept(null) : changed;
    });
  }

  /** A manager admits who has asked, takes somebody out, or gives a role. */
  async change(
    orgId: string,
    id: string,
    userId: string,
    change: { readonly role?: CampaignRole | undefined; readonly state?: 'joined' | 'left' | undefined },
    by: string,
  ): Promise<Outcome<CampaignMember>> {
    return this.#transactions.write(orgId, async (tx) => {
      const campaign = await lockCampaign(tx, orgId, id);
      if (campaign === undefined) return NO_CAMPAIGN;
      const present = await queries.lockMembership(tx, orgId, id, userId);
      if (present === undefined) return NO_PART;
      const state: CampaignMemberState = change.state ?? present.state;
      if (state === 'joined' && present.state !== 'joined') {
        const refused = over(campaign);
        if (refused !== null) return refused;
        if (present.state !== 'requested') {
          return refuse('conflict', 'Only who has asked to join can be admitted. Invite this member.', {
            details: { state: present.state },
          });
        }
      }
      const after = { role: change.role ?? present.role, state };
      const changed = await this.#changePart(tx, orgId, id, userId, present, after, by);
      return changed.ok ? part(tx, orgId, id, userId) : changed;
    });
  }

  /** Writes what is other than before, with what follows for the purse. */
  async #changePart(
    tx: Transaction,
    orgId: string,
    id: string,
    userId: string,
    before: Membership,
    after: Membership,
    by: string,
  ): Promise<Outcome<null>> {
    if (before.role === after.role && before.state === after.state) return accept(null);
    const runs = (membership: Membership) => membership.role === 'manager' && membership.state === 'joined';
    if (runs(before) && !runs(after) && !(await queries.hasOtherManager(tx, orgId, id, userId))) return LAST_MANAGER;
    await queries.updateMember(tx, orgId, id, userId, after);
    if (before.state !== after.state) {
      await queries.changePurses(tx, orgId, id, [userId], after.state === 'joined', by);
    }
    await queries.announceMembers(tx, orgId, id, by, [{ userId, state: after.state }]);
    return accept(null);
  }
}

async function part(tx: Transaction, orgId: string, id: string, userId: string): Promise<Outcome<CampaignMember>> {
  const member = await queries.selectMember(tx, orgId, id, userId);
  return member === undefined ? NO_PART : accept(member);
}

/** The members that a list of invitations names; refused with the rows that name nobody, or somebody twice. */
async function membersMeant(
  tx: Transaction,
  orgId: string,
  invitations: readonly MemberInvitation[],
): Promise<Outcome<readonly queries.Invitation[]>> {
  const found = await queries.selectInvited(
    tx,
    orgId,
    invitations.map((each) =>
      'userId' in each ? { userId: each.userId, email: null } : { userId: null, email: each.email },
    ),
  );
  const named = new Set<string>();
  const fields: FieldProblem[] = [];
  const meant: queries.Invitation[] = [];
  for (const [place, invitation] of invitations.entries()) {
    const userId = found.get(place);
    const path = `${place}.${'userId' in invitation ? 'user_id' : 'email'}`;
    if (userId === undefined) fields.push({ path, problem: 'is no member' });
    else if (named.has(userId)) fields.push({ path, problem: 'names a member twice' });
    else {
      named.add(userId);
      meant.push({ userId, role: invitation.role });
    }
  }
  const [first] = fields;
  if (first === undefined) return accept(meant);
  return refuse(
    'invalid_input',
    `Nobody was invited: ${first.path} ${first.problem}. Correct that row, or leave it out.`,
    {
      details: { fields: fields.slice(0, PROBLEMS_MAX) },
    },
  );
}
