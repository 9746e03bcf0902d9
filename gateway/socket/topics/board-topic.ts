import { accept, type BoardFigures, type BoardRow, type Engine, type Outcome } from '../../../engine/index.ts';
import { boardAsJson, mostCoinsFirst } from '../../http/coins.ts';
import { Topic, type TopicParts } from './topic.ts';

/**
 * The board of one campaign. A snapshot has it whole; what follows has the ideas that changed, each with its new figures
 * and not with a difference, so that one message more or less leaves nobody with wrong sums for long.
 */
export class BoardTopic extends Topic {
  readonly #engine: Engine;
  readonly #orgId: string;
  readonly #campaignId: string;
  readonly #rows = new Map<string, BoardRow>();
  #totalCoins = 0;
  #pos = 0;
  #at = new Date(0);
  #hidden = true;
  #watch: { stop(): void } | undefined;
  #begun = false;
  #stopped = false;
  /** JSON of the whole board; '' where it has changed since it was made */
  #state = '';

  constructor(parts: TopicParts, engine: Engine, campaignId: string) {
    super(parts);
    this.#engine = engine;
    this.#orgId = parts.orgId;
    this.#campaignId = campaignId;
  }

  async start(): Promise<Outcome<null>> {
    const watch = await this.#engine.coins.watchBoard(this.#orgId, this.#campaignId, (figures) => this.#take(figures));
    if (!watch.ok) return watch;
    if (this.#stopped) watch.value.stop();
    else this.#watch = watch.value;
    return accept(null);
  }

  present(): readonly string[] {
    if (this.#state === '') this.#state = this.#text(this.#most());
    return [this.snapshot(this.offset, this.#state)];
  }

  async missed(): Promise<null> {
    return null;
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.stop();
  }

  #take({ pos, at, rows, hidden, changed }: BoardFigures): void {
    const tells = !(hidden && this.#hidden); // while figures are hidden, that they move is no news
    this.#state = '';
    this.#pos = pos;
    this.#at = at;
    this.#hidden = hidden;
    for (const ideaId of changed ?? new Set([...rows.keys(), ...this.#rows.keys()])) {
      const [was, now] = [this.#rows.get(ideaId), rows.get(ideaId)];
      this.#totalCoins += (now?.coins ?? 0) - (was?.coins ?? 0);
      if (now === undefined) this.#rows.delete(ideaId);
      else this.#rows.set(ideaId, now);
    }
    if (!this.#begun) this.begin(pos);
    else if (tells) this.publish(pos, this.#news(changed));
    this.#begun = true;
  }

  #news(changed: readonly string[] | null): string {
    if (changed === null) return this.#text(this.#most());
    return this.#text(changed.map((ideaId) => this.#rows.get(ideaId) ?? { ideaId, coins: 0, givers: 0, votes: 0 }));
  }

  #most(): readonly BoardRow[] {
    return mostCoinsFirst(this.#rows.values());
  }

  #text(rows: readonly BoardRow[]): string {
    const [pos, at, hidden, totalCoins] = [this.#pos, this.#at, this.#hidden, this.#totalCoins];
    return JSON.stringify(boardAsJson(this.#campaignId, { pos, at, hidden, totalCoins, rows }));
  }
}
