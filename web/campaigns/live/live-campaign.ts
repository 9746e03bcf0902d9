import { computed, signal } from '@preact/signals';
import { type PsephosClient, PsephosError } from '../../../client/index.ts';
import type { CampaignView } from '../../../protocol/campaigns.ts';
import type { CoinBoardView } from '../../../protocol/coins.ts';
import type { EventsData, TopicEvent, TopicMessage } from '../../../protocol/frames/messages.ts';
import { api } from '../../ui/account-session.ts';
import { connectWith } from '../../ui/clients.ts';
import type { Connection } from '../../ui/connection-state.tsx';
import { afterBoard, type IdeaFigures, type LiveFigures } from './figures.ts';

/** A connection that is back within this time was never missed. */
const MISSED_AFTER_MS = 1_500;
/** After an event the campaign is read again within this time, at random: thousands must not ask at once. */
const REREAD_WITHIN_MS = 3_000;

/** What the campaign is from an event on, before it is read again. */
const STATUS_AFTER: Readonly<Record<string, CampaignView['status']>> = {
  'campaign.activated': 'active',
  'campaign.completed': 'completed',
  'campaign.archived': 'archived',
};

const NOTHING: IdeaFigures = { coins: 0, givers: 0, votes: 0 };

/** A campaign as it stands, its board, and whether the connection holds. */
export class LiveCampaign {
  readonly campaign = signal<CampaignView | undefined>(undefined);
  /** undefined until the first snapshot */
  readonly figures = signal<LiveFigures | undefined>(undefined);
  /** what happened last to the campaign and ideas of it, for parts that change with it or read something of their own then */
  readonly events = signal<readonly TopicEvent[]>([]);
  /** why the campaign cannot be shown */
  readonly refused = signal<PsephosError | undefined>(undefined);
  /** when the connection was lost */
  readonly lostAt = signal<Date | undefined>(undefined);
  readonly #online = signal(navigator.onLine);
  readonly #up = signal(true);
  readonly connection = computed<Connection>(() =>
    !this.#online.value ? 'offline' : this.#up.value ? 'up' : 'retrying',
  );
  readonly #name: string;
  readonly #stopped = new AbortController();
  readonly #client: Promise<PsephosClient>;
  #missing: ReturnType<typeof setTimeout> | undefined;
  #rereading: ReturnType<typeof setTimeout> | undefined;

  /** @param name the public name of the campaign, or its id */
  constructor(name: string) {
    this.#name = name;
    const ticket = async () => (await api.socketTicket()).ticket;
    this.#client = connectWith({ ticket }, { onConnection: (state) => this.#connectionIs(state) });
    this.#client.catch(() => {}); // refusals come to light where it is used
    this.#connectionIs('down');
    const { signal: stopped } = this.#stopped;
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#awake(), { signal: stopped });
    document.addEventListener('visibilitychange', () => this.#awake(), { signal: stopped });
    void this.#begin();
  }

  /** Coins on an idea by the live board; undefined while it is unknown or hidden. */
  figuresOf(ideaId: string): IdeaFigures | undefined {
    const figures = this.figures.value;
    return figures === undefined || figures.hidden ? undefined : (figures.ideas.get(ideaId) ?? NOTHING);
  }

  /** Reads the campaign again, with the own part in it. Throws the refusal. */
  async reread(): Promise<CampaignView> {
    const campaign = await api.call<CampaignView>({ method: 'GET', path: `/v1/campaigns/${this.#name}` });
    this.campaign.value = campaign;
    return campaign;
  }

  close(): void {
    clearTimeout(this.#missing);
    clearTimeout(this.#rereading);
    this.#stopped.abort();
    this.#client.then(
      (client) => client.close(),
      () => {},
    );
  }

  async #begin(): Promise<void> {
    try {
      const { id } = await this.reread();
      const client = await this.#client;
      await client.subscribe(`campaign:${id}`, (message) => this.#takeEvents(message));
      await client.subscribe(`board:${id}`, ({ data, snapshot = false }) => {
        this.figures.value = afterBoard(this.figures.value, data as CoinBoardView, snapshot);
      });
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      if (error instanceof PsephosError && error.status > 0 && error.status < 500 && error.status !== 429) {
        this.refused.value = error;
      } else if (this.campaign.value === undefined) {
        this.#rereading = setTimeout(() => void this.#begin(), MISSED_AFTER_MS);
      }
    }
  }

  #takeEvents(message: TopicMessage): void {
    if (message.snapshot === true) {
      this.#rereadSoon(); // it may have missed something, and the snapshot knows nothing of our own part
      return;
    }
    const { events } = message.data as EventsData;
    if (events.length === 0) return;
    for (const { kind } of events) {
      const [status, known] = [STATUS_AFTER[kind], this.campaign.value];
      if (status !== undefined && known !== undefined) this.campaign.value = { ...known, status };
    }
    this.events.value = events;
    if (events.some(({ kind }) => kind.startsWith('campaign.'))) this.#rereadSoon();
  }

  #rereadSoon(): void {
    clearTimeout(this.#rereading);
    this.#rereading = setTimeout(
      () => void this.reread().catch(() => {}), // the next event or snapshot brings it
      Math.random() * REREAD_WITHIN_MS,
    );
  }

  #connectionIs(state: 'up' | 'down' | 'refused'): void {
    clearTimeout(this.#missing);
    if (state === 'refused') this.refused.value ??= new PsephosError('AUTH_001', 'You are not signed in any more.');
    if (state === 'up') {
      this.#up.value = true;
      this.lostAt.value = undefined;
      return;
    }
    const lostAt = new Date();
    this.#missing = setTimeout(() => {
      this.#up.value = false;
      if (this.campaign.value !== undefined) this.lostAt.value = lostAt;
    }, MISSED_AFTER_MS);
  }

  /** A device that slept may hold a connection that is long gone: a question finds out. */
  #awake(): void {
    this.#online.value = navigator.onLine;
    if (document.visibilityState !== 'visible') return;
    this.#client.then((client) => client.request('ping')).catch(() => {});
  }
}
