import type { Browser, Page } from 'playwright-core';
import { PsephosHttp } from '../../client/index.ts';
import type { SignedInView } from '../../protocol/accounts.ts';
import type { CampaignView } from '../../protocol/campaigns.ts';
import type { CoinBalanceView } from '../../protocol/coins.ts';
import type { IdeaView } from '../../protocol/ideas.ts';
import { openPage, watchConsole } from '../harness/chromium.ts';
import { accepted } from '../harness/engines.ts';
import { PASSWORD } from '../harness/persons.ts';
import { type Hall, openHall } from './hall.ts';
import { newOrganiser, type Organiser, signIn } from './organiser.ts';

/** A member of the organisation with an account. */
export interface Participant {
  readonly name: string;
  readonly email: string;
  readonly memberId: string;
  /** calls as this person */
  readonly http: PsephosHttp;
}

/** A hall whose organisation holds campaigns: an administrator, and members who come when they are asked for. */
export interface CampaignHall extends Hall {
  readonly organiser: Organiser;
  member(name: string): Promise<Participant>;
  /** makes a member of the organisation of whoever has this account */
  link(name: string, email: string): Promise<string>;
  /** a running campaign, managed by the administrator, unless the input says otherwise */
  campaign(input: object, ideas?: readonly string[]): Promise<{ campaign: CampaignView; ideas: IdeaView[] }>;
  /** an idea, submitted and approved */
  idea(campaign: CampaignView, by: PsephosHttp, input: object): Promise<IdeaView>;
  join(campaign: CampaignView, who: Participant): Promise<void>;
  balance(campaign: CampaignView, who: Participant): Promise<CoinBalanceView>;
}

export async function openCampaignHall(): Promise<CampaignHall> {
  const hall = await openHall();
  const organiser = await newOrganiser(hall);
  const { http, orgId } = organiser;
  const nobody = new PsephosHttp({ baseUrl: hall.url });
  let members = 0;

  const link = async (name: string, email: string): Promise<string> => {
    members += 1;
    const input = { number: String(members), name, email, roles: ['member' as const] };
    const { memberId } = accepted(await hall.engine.members.create(orgId, input, { id: orgId, givesRoles: true }));
    const login = { method: 'POST', path: '/v1/auth/login', body: { email, password: PASSWORD } } as const;
    const { access_token: token } = await nobody.call<SignedInView>(login);
    const { person } = accepted(await hall.engine.accounts.authenticate(token));
    if (person === null) throw new Error('nobody is signed in');
    accepted(await hall.engine.organisations.linkMember(orgId, memberId, person.accountId));
    return memberId;
  };

  const member = async (name: string): Promise<Participant> => {
    const email = `${name.toLowerCase().replaceAll(' ', '.')}@harbour.example`;
    const created = accepted(await hall.engine.registration.createAccount({ email, name, locale: 'en' }));
    accepted(await hall.engine.signIn.resetPassword(created.link.split('=')[1] ?? '', PASSWORD));
    const memberId = await link(name, email);
    const login = { method: 'POST', path: '/v1/auth/login', body: { email, password: PASSWORD } } as const;
    const { access_token: secret } = await nobody.call<SignedInView>(login);
    const asMember = new PsephosHttp({ baseUrl: hall.url, secret, headers: () => ({ 'x-org-id': orgId }) });
    return { name, email, memberId, http: asMember };
  };

  const idea = async (campaign: CampaignView, by: PsephosHttp, input: object): Promise<IdeaView> => {
    const body = { confirm_not_duplicate: true, ...input };
    const path = `/v1/campaigns/${campaign.id}/ideas`;
    const submitted = await by.call<IdeaView>({ method: 'POST', path, body, creates: true });
    const approve = { method: 'PUT', path: `/v1/ideas/${submitted.id}/status`, body: { act: 'approve' } } as const;
    return http.call<IdeaView>(approve);
  };

  return {
    ...hall,
    get engine() {
      return hall.engine;
    },
    organiser,
    member,
    link,
    idea,
    async campaign(input, titles = []) {
      const body = { campaign_type: 'open', ...input };
      const made = await http.call<CampaignView>({ method: 'POST', path: '/v1/campaigns', body, creates: true });
      const path = `/v1/campaigns/${made.id}`;
      await http.call({ method: 'POST', path: `${path}/status`, body: { status: 'active' } });
      const ideas: IdeaView[] = [];
      for (const title of titles) ideas.push(await idea(made, http, { title }));
      return { campaign: await http.call<CampaignView>({ method: 'GET', path }), ideas };
    },
    async join(campaign, who) {
      await who.http.call({ method: 'POST', path: `/v1/campaigns/${campaign.id}/join` });
    },
    balance(campaign, who) {
      return who.http.call({ method: 'GET', path: `/v1/campaigns/${campaign.id}/coins/balance` });
    },
  };
}

/** Somebody who is signed in, at an address of campaigns; and what goes wrong on the page unseen. */
export async function openAs(
  browser: Browser,
  hall: CampaignHall,
  { email }: Pick<Participant, 'email'>,
  next: string,
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const page = await openPage(browser);
  const said = watchConsole(page);
  await signIn(page, hall, { email, password: PASSWORD, orgId: hall.organiser.orgId, http: hall.organiser.http }, next);
  return { page, said };
}
