import { accept, type Engine, type Outcome, type TallyFigures } from '../../../engine/index.ts';
import { tallyAsJson } from '../../http/tallies.ts';
import { Topic, type TopicParts } from './topic.ts';

/** Figures of one election. Each message is the whole state, so one snapshot is all that can be missed. */
export class TallyTopic extends Topic {
  readonly #engine: Engine;
  readonly #orgId: string;
  readonly #electionId: string;
  #watch: { stop(): void } | undefined;
  #stopped = false;
  /** JSON of the newest figures; '' before the first */
  #state = '';

  constructor(parts: TopicParts, engine: Engine, electionId: string) {
    super(parts);
    this.#engine = engine;
    this.#orgId = parts.orgId;
    this.#electionId = electionId;
  }

  async start(): Promise<Outcome<null>> {
    const watch = await this.#engine.elections.watchTally(this.#orgId, this.#electionId, (figures) =>
      this.#take(figures),
    );
    if (!watch.ok) return watch;
    if (this.#stopped) watch.value.stop();
    else this.#watch = watch.value;
    return accept(null);
  }

  present(): readonly string[] {
    return [this.snapshot(this.offset, this.#state)];
  }

  async missed(): Promise<null> {
    return null;
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.stop();
  }

  #take(figures: TallyFigures): void {
    const first = this.#state === '';
    this.#state = JSON.stringify(tallyAsJson(figures));
    if (first) this.begin(figures.pos);
    else this.publish(figures.pos, this.#state);
  }
}
