import { PsephosHttp } from '../../client/index.ts';
import type { CampaignView, NewCampaignBody } from '../../protocol/campaigns.ts';
import type { CoinBoardView } from '../../protocol/coins.ts';
import type { CampaignResultView, IdeaView } from '../../protocol/ideas.ts';
import type { CampaignGround, Participant } from './ground.ts';
import type { Place } from './purse.ts';

const TITLE_CHARACTERS = 255; // protocol/campaigns.ts
/** Thousands of purses are filled before a campaign answers that it is active. */
const ACTIVATION_MS = 40_000;

export interface IdeaPlan {
  readonly title: string;
  readonly cost: number | null;
}

/** A campaign as its administrator runs it over HTTP. */
export class RunCampaign {
  readonly #http: PsephosHttp;
  readonly #httpUrl: string;
  readonly view: CampaignView;

  private constructor(http: PsephosHttp, httpUrl: string, view: CampaignView) {
    this.#http = http;
    this.#httpUrl = httpUrl;
    this.view = view;
  }

  /** A draft. @throws PsephosError, as all of it does */
  static async create({ httpUrl, adminKey }: CampaignGround, body: NewCampaignBody): Promise<RunCampaign> {
    const http = new PsephosHttp({ baseUrl: httpUrl, secret: adminKey });
    const title = body.title.trim().slice(0, TITLE_CHARACTERS).toWellFormed();
    const call = { method: 'POST', path: '/v1/campaigns', body: { ...body, title }, creates: true } as const;
    return new RunCampaign(http, httpUrl, await http.call<CampaignView>(call));
  }

  get id(): string {
    return this.view.id;
  }

  async place(): Promise<Place> {
    return { httpUrl: this.#httpUrl, wsUrl: (await this.#http.socket()).url, campaignId: this.id };
  }

  /** Whoever has joined before stays. */
  async join(person: Participant): Promise<void> {
    const own = new PsephosHttp({ baseUrl: this.#httpUrl, secret: () => person.accessToken() });
    await own.call({ method: 'POST', path: `${this.#path}/join`, body: {} });
  }

  /** Proposed by somebody who has joined, approved at once. Answers its id. */
  async addIdea({ title, cost }: IdeaPlan, submitter: Participant): Promise<string> {
    const own = new PsephosHttp({ baseUrl: this.#httpUrl, secret: () => submitter.accessToken() });
    const body = {
      title: title.trim().slice(0, TITLE_CHARACTERS).toWellFormed(),
      ...(cost === null ? {} : { cost }),
      confirm_not_duplicate: true,
    };
    const { id } = await own.call<IdeaView>({ method: 'POST', path: `${this.#path}/ideas`, body, creates: true });
    await this.#http.call({ method: 'PUT', path: `/v1/ideas/${id}/status`, body: { status: 'competing' } });
    return id;
  }

  async change(status: 'active' | 'completed'): Promise<void> {
    const body = { status };
    await this.#http.call({ method: 'POST', path: `${this.#path}/status`, body, timeoutMs: ACTIVATION_MS });
  }

  board(): Promise<CoinBoardView> {
    return this.#http.call({ method: 'GET', path: `${this.#path}/coins/board` });
  }

  result(): Promise<CampaignResultView> {
    return this.#http.call({ method: 'GET', path: `${this.#path}/result` });
  }

  get #path(): string {
    return `/v1/campaigns/${this.view.campaign_id}`;
  }
}
