import { randomUUID } from 'node:crypto';
import { type Engine, limits } from '../../engine/index.ts';
import type { Connection } from './connection.ts';

/** What the database was last told of one meeting. */
interface Told {
  readonly orgId: string;
  readonly meetingId: string;
  /** ids of attendees, sorted and joined */
  text: string;
  /** when somebody's coming or going was told, and when anything was */
  changedMs: number;
  atMs: number;
}

/**
 * Tells the database which attendees have a connection to this gateway: a row a meeting, when somebody has come or gone but
 * at most every two seconds, and every five seconds that it still holds. What is told is what there is, not what has
 * changed, so whatever went wrong heals with the next telling; of a gateway that dies the row expires.
 */
export class Attendance {
  readonly #engine: Engine;
  readonly #connections: () => Iterable<Connection>;
  readonly #report: (error: unknown) => void;
  readonly #gatewayId = randomUUID();
  readonly #told = new Map<string, Told>();
  #telling: Promise<void> | undefined;

  constructor(engine: Engine, connections: () => Iterable<Connection>, report: (error: unknown) => void) {
    this.#engine = engine;
    this.#connections = connections;
    this.#report = report;
  }

  /** Once a second. */
  tick(): void {
    this.#telling ??= this.#tell(this.#here())
      .catch(this.#report)
      .finally(() => {
        this.#telling = undefined;
      });
  }

  /** Nobody is connected here any more. */
  async leave(): Promise<void> {
    await this.#telling;
    await this.#tell(new Map()).catch(this.#report);
  }

  #here(): Map<string, { orgId: string; meetingId: string; ids: Set<string> }> {
    const here = new Map<string, { orgId: string; meetingId: string; ids: Set<string> }>();
    for (const { identity } of this.#connections()) {
      if (identity?.kind !== 'attendee' || identity.meetingId === null) continue;
      const { orgId, meetingId, id } = identity;
      const meeting = here.get(meetingId);
      if (meeting === undefined) here.set(meetingId, { orgId, meetingId, ids: new Set([id]) });
      else meeting.ids.add(id);
    }
    return here;
  }

  async #tell(here: ReadonlyMap<string, { orgId: string; meetingId: string; ids: ReadonlySet<string> }>) {
    for (const { orgId, meetingId, ids } of here.values()) await this.#tellOf(orgId, meetingId, [...ids].sort());
    for (const { orgId, meetingId } of [...this.#told.values()]) {
      if (here.has(meetingId)) continue;
      const left = await this.#engine.meetings.keepPresence(orgId, meetingId, this.#gatewayId, []);
      if (left.ok) this.#told.delete(meetingId);
    }
  }

  async #tellOf(orgId: string, meetingId: string, ids: readonly string[]): Promise<void> {
    const nowMs = performance.now();
    const text = ids.join();
    const told = this.#told.get(meetingId);
    const changed = told?.text !== text;
    const due = told === undefined || nowMs - (changed ? told.changedMs : told.atMs) >= waitMs(changed);
    if (!due) return;
    const kept = await this.#engine.meetings.keepPresence(orgId, meetingId, this.#gatewayId, changed ? ids : null);
    if (!kept.ok) return; // the next tick tries again
    // unknown: it expired and was cleared away, so all of it must be said
    if (kept.value)
      this.#told.set(meetingId, this.#toldNow({ orgId, meetingId, text }, changed ? undefined : told, nowMs));
    else this.#told.delete(meetingId);
  }

  #toldNow(what: Pick<Told, 'orgId' | 'meetingId' | 'text'>, before: Told | undefined, nowMs: number): Told {
    return { ...what, changedMs: before?.changedMs ?? nowMs, atMs: nowMs };
  }
}

function waitMs(changed: boolean): number {
  return changed ? limits.presenceTellMs : limits.presenceRefreshMs;
}
