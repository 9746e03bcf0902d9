import type { PsephosHttp, ResultView } from '../../client/index.ts';
import type { AgendaView } from '../../protocol/agenda.ts';
import type { AgendaItem } from './agenda.ts';
import type { Clock } from './clock.ts';
import type { Crowd } from './crowd.ts';
import type { Figures } from './figures.ts';
import { outcomeLines } from './outcome.ts';
import { bar, type Stage } from './stage.ts';

const LOOK_MS = 500;
/** One election is opened for a part of the usual time only, and extended shortly before that is over. */
const SHORT_SHARE = 0.5;
const EXTEND_WHEN_LEFT_MS = 1_500;
/** What an election of any server needs at least, and how much later than the chair it would close by itself. */
const DURATION_MIN_SECONDS = 5;
const GRACE_MS = 3_000;
/** The chair closes when everybody has voted who will. */
const ENOUGH_SHARE = 0.93;
/** … or when most have, and nobody has for so long. */
const MOST_SHARE = 0.8;
const QUIET_MS = 3_000;

export interface ChairOptions {
  /** with a moderator's key */
  readonly http: PsephosHttp;
  readonly meetingId: string;
  readonly clock: Clock;
  readonly stage: Stage;
  readonly crowd: Crowd;
  readonly figures: Figures;
  /** from opening to close */
  readonly electionMs: number;
}

/** The moderator of the demo: opens, watches, extends, closes, publishes. */
export class Chair {
  readonly #options: ChairOptions;
  /** open, or drafts that nobody will open any more */
  readonly #unfinished = new Set<string>();
  /** election -> its item on the agenda */
  readonly #places = new Map<string, string | null>();
  published = 0;

  constructor(options: ChairOptions) {
    this.#options = options;
  }

  /** Starts the meeting and puts its elections on the agenda. */
  async prepare(items: readonly AgendaItem[]): Promise<string[]> {
    const { http, meetingId } = this.#options;
    const at = `/v1/meetings/${meetingId}`;
    await http.call({ method: 'POST', path: `${at}/start` });
    const ids: string[] = [];
    for (const item of items) {
      const election = { ...item, meeting_id: meetingId, roll: 'meeting' } as const;
      const { election_id: id } = await http.createElection(election);
      this.#unfinished.add(id);
      const entry = { kind: 'election', title: item.title.slice(0, 200), election_id: id };
      const agenda = await http.call<AgendaView>({ method: 'POST', path: `${at}/agenda`, body: entry, creates: true });
      this.#places.set(id, agenda.items.find(({ election_id }) => election_id === id)?.item_id ?? null);
      ids.push(id);
    }
    return ids;
  }

  /** One election from its opening to its result. */
  async hold(electionId: string, { title, method }: AgendaItem, extended: boolean): Promise<void> {
    const { http, stage, clock, meetingId } = this.#options;
    const place = { item_id: this.#places.get(electionId) ?? null };
    await http.call({ method: 'PUT', path: `/v1/meetings/${meetingId}/agenda/current`, body: place });
    // the countdown that the pages show; the chair closes first
    const body = { duration_seconds: this.#seconds(extended ? SHORT_SHARE : 1) };
    await http.call({ method: 'POST', path: `/v1/elections/${electionId}/open`, body });
    stage.tell(`Open: ${title} (${method.method})`);
    await this.#watch(electionId, extended);
    stage.show(null);
    if (clock.isOver) return;
    const closingMs = performance.now();
    await http.close(electionId);
    stage.tell(`Closed and counted in ${Math.round(performance.now() - closingMs)} ms.`);
    await clock.pause(Math.min(1_500, this.#options.electionMs / 10));
    if (clock.isOver) return;
    await http.publish(electionId);
    this.#unfinished.delete(electionId);
    this.published += 1;
    const result: ResultView = await http.result(electionId);
    stage.tell(outcomeLines(result).join('\n'));
  }

  #seconds(share: number): number {
    return Math.max(DURATION_MIN_SECONDS, Math.ceil((this.#options.electionMs * share + GRACE_MS) / 1_000));
  }

  /** Cancels what was not finished, so that nothing of the demo stays open. */
  async tidyUp(): Promise<void> {
    const { http, meetingId } = this.#options;
    for (const id of this.#unfinished) await http.cancel(id, 'The demo was stopped.').catch(() => {}); // it may have closed by itself
    const end = { method: 'POST', path: `/v1/meetings/${meetingId}/end`, body: {} } as const;
    await http.call(end).catch(() => {}); // an election of a visitor may still be open
  }

  /** Until the time is over, or nearly everybody has voted. */
  async #watch(electionId: string, extended: boolean): Promise<void> {
    const { clock, figures, electionMs, stage, http } = this.#options;
    let endMs = clock.nowMs + electionMs * (extended ? SHORT_SHARE : 1);
    let mayExtend = extended;
    let [lastBallots, lastMs, perSecond, lastVoteMs] = [0, clock.nowMs, 0, clock.nowMs];
    stage.show(() => {
      const voted = figures.acknowledgedIn(electionId);
      const left = Math.max(0, Math.ceil((endMs - clock.nowMs) / 1_000));
      const share = voted / Math.max(1, figures.here);
      return `${bar(share)}  ${voted} of ${figures.here} have voted, ${perSecond}/s, acknowledged in ${figures.latencyMs(0.5, 50) || '…'} ms, ${left} s left`;
    });
    while (clock.nowMs < endMs && !clock.isOver) {
      await clock.pause(Math.min(LOOK_MS, endMs - clock.nowMs));
      const voted = figures.acknowledgedIn(electionId);
      perSecond = Math.round(((voted - lastBallots) * 1_000) / Math.max(1, clock.nowMs - lastMs));
      if (voted > lastBallots) lastVoteMs = clock.nowMs;
      [lastBallots, lastMs] = [voted, clock.nowMs];
      if (!mayExtend && voted >= MOST_SHARE * figures.here && clock.nowMs - lastVoteMs > QUIET_MS) return;
      if (voted >= ENOUGH_SHARE * figures.here && voted > 0) return;
      if (mayExtend && endMs - clock.nowMs < EXTEND_WHEN_LEFT_MS) {
        mayExtend = false;
        const moreMs = electionMs * (1 - SHORT_SHARE);
        endMs += moreMs;
        const path = `/v1/elections/${electionId}/extend`;
        await http.call({ method: 'POST', path, body: { by_seconds: Math.ceil(moreMs / 1_000) } });
        stage.tell(`Not everybody has voted yet: ${Math.round(moreMs / 1_000)} s more.`);
      }
    }
  }
}
