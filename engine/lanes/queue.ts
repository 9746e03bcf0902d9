/** One request that waits for its batch. */
export interface Waiting<Payload> {
  readonly payload: Payload;
  /** monotonic milliseconds (performance.now) after which its caller no longer waits */
  readonly deadlineMs: number;
  /** an attempt that carried it was sent and its fate is unknown */
  doubtful: boolean;
  settled: boolean;
}

/** One queue of one election or campaign: a batch never mixes two. */
export interface Lane<Payload> {
  readonly orgId: string;
  readonly subjectId: string;
  items: Waiting<Payload>[];
  /** index of the first item that still waits; the array is compacted when half of it is behind */
  first: number;
  /** not before this time (performance.now), e.g. while a close is in progress */
  restUntilMs: number;
}

interface Organisation<Payload> {
  readonly orgId: string;
  readonly lanes: Lane<Payload>[];
}

/**
 * Who is next: organisations take turns, and the lanes of one organisation take turns within its turn, so that a burst
 * of one neither starves another nor its own other elections.
 */
export class TurnQueue<Payload> {
  readonly #lanes = new Map<string, Lane<Payload>>();
  readonly #organisations: Organisation<Payload>[] = [];
  readonly #byOrg = new Map<string, Organisation<Payload>>();
  size = 0;

  /** How many wait in the lane of this subject. */
  depth(subjectId: string): number {
    const lane = this.#lanes.get(subjectId);
    return lane === undefined ? 0 : lane.items.length - lane.first;
  }

  push(orgId: string, subjectId: string, item: Waiting<Payload>): void {
    this.#laneOf(orgId, subjectId).items.push(item);
    this.size += 1;
  }

  /** Puts back what a failed attempt carried, before everything that came later. */
  putBack(orgId: string, subjectId: string, items: readonly Waiting<Payload>[], restUntilMs: number): void {
    const lane = this.#laneOf(orgId, subjectId);
    lane.items = [...items, ...lane.items.slice(lane.first)];
    lane.first = 0;
    lane.restUntilMs = restUntilMs;
    this.size += items.length;
  }

  /** The next lane with something to do, moved behind all others; undefined if none may run at `nowMs`. */
  next(nowMs: number): Lane<Payload> | undefined {
    for (let o = 0; o < this.#organisations.length; o += 1) {
      const organisation = this.#organisations[o] as Organisation<Payload>;
      const l = organisation.lanes.findIndex((lane) => lane.restUntilMs <= nowMs);
      if (l < 0) continue;
      const [lane] = organisation.lanes.splice(l, 1) as [Lane<Payload>];
      organisation.lanes.push(lane);
      this.#organisations.splice(o, 1);
      this.#organisations.push(organisation);
      return lane;
    }
    return undefined;
  }

  /** Takes up to `max` items from the front of a lane; an emptied lane is forgotten. */
  take(lane: Lane<Payload>, max: number): Waiting<Payload>[] {
    const taken = lane.items.slice(lane.first, lane.first + max);
    lane.first += taken.length;
    this.size -= taken.length;
    if (lane.first === lane.items.length) this.#forget(lane);
    else if (lane.first * 2 > lane.items.length) {
      lane.items = lane.items.slice(lane.first);
      lane.first = 0;
    }
    return taken;
  }

  /** Takes out everything that waits beyond its deadline, wherever in its lane: what was put back stands out of order. */
  takeExpired(nowMs: number): Waiting<Payload>[] {
    const expired: Waiting<Payload>[] = [];
    for (const lane of [...this.#lanes.values()]) {
      const waiting = lane.items.slice(lane.first);
      const inTime = waiting.filter((item) => item.deadlineMs > nowMs);
      if (inTime.length === waiting.length) continue;
      expired.push(...waiting.filter((item) => item.deadlineMs <= nowMs));
      this.size -= waiting.length - inTime.length;
      lane.items = inTime;
      lane.first = 0;
      if (inTime.length === 0) this.#forget(lane);
    }
    return expired;
  }

  /** When the earliest resting lane may run again; undefined if nothing waits. */
  restsUntil(): number | undefined {
    let earliest: number | undefined;
    for (const lane of this.#lanes.values()) {
      if (earliest === undefined || lane.restUntilMs < earliest) earliest = lane.restUntilMs;
    }
    return earliest;
  }

  #laneOf(orgId: string, subjectId: string): Lane<Payload> {
    const present = this.#lanes.get(subjectId);
    if (present !== undefined) return present;
    const lane: Lane<Payload> = { orgId, subjectId, items: [], first: 0, restUntilMs: 0 };
    this.#lanes.set(subjectId, lane);
    const organisation = this.#byOrg.get(orgId);
    if (organisation !== undefined) organisation.lanes.push(lane);
    else {
      const added = { orgId, lanes: [lane] };
      this.#byOrg.set(orgId, added);
      this.#organisations.push(added);
    }
    return lane;
  }

  #forget(lane: Lane<Payload>): void {
    this.#lanes.delete(lane.subjectId);
    const organisation = this.#byOrg.get(lane.orgId);
    if (organisation === undefined) return;
    organisation.lanes.splice(organisation.lanes.indexOf(lane), 1);
    if (organisation.lanes.length > 0) return;
    this.#byOrg.delete(lane.orgId);
    this.#organisations.splice(this.#organisations.indexOf(organisation), 1);
  }
}
