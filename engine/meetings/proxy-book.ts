/** A proxy as the rules see it. */
export interface GivenProxy {
  readonly grantorId: string;
  readonly holderId: string;
  /** null: for all meetings */
  readonly meetingId: string | null;
  readonly state: 'offered' | 'accepted';
}

/** Why a proxy is refused, each in a sentence of its own. */
export const PROXY_MESSAGES = {
  self: 'Nobody gives a proxy to themselves. Name another member.',
  second_proxy: 'This member has given a proxy already. Revoke that one first.',
  cycle: 'These two would vote for each other. Revoke the other proxy first.',
  grantor_holds: 'Who holds a proxy cannot give one: it would make a chain. Revoke the ones that are held first.',
  holder_has_given: 'The holder has given a proxy to somebody else and so cannot vote for others.',
  limit: 'The holder has as many proxies as one member may hold here.',
  grantor_inactive: 'Who gives a proxy must be an active member.',
  holder_inactive: 'Who holds a proxy must be an active member.',
} as const;
export type ProxyProblem = keyof typeof PROXY_MESSAGES;

function overlap(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b;
}

function add(to: Map<string, GivenProxy[]>, key: string, proxy: GivenProxy): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [proxy]);
  else list.push(proxy);
}

/**
 * The proxies there are, and what a further one would break. No chains, ever: among accepted proxies of one meeting nobody
 * both gives and holds. Offers bind nobody but who made them, so that an unwanted one keeps nobody from anything.
 */
export class ProxyBook {
  readonly #byGrantor = new Map<string, GivenProxy[]>();
  readonly #byHolder = new Map<string, GivenProxy[]>();

  constructor(proxies: Iterable<GivenProxy> = []) {
    for (const proxy of proxies) this.add(proxy);
  }

  add(proxy: GivenProxy): void {
    add(this.#byGrantor, proxy.grantorId, proxy);
    add(this.#byHolder, proxy.holderId, proxy);
  }

  /** The proxy between the same two for the very same meeting, if there is one. */
  same({ grantorId, holderId, meetingId }: GivenProxy): GivenProxy | undefined {
    return this.#byGrantor.get(grantorId)?.find((each) => each.holderId === holderId && each.meetingId === meetingId);
  }

  /** Null: it may be given, or accepted. @param limit proxies that one may hold; null: any number */
  problemOf({ grantorId, holderId, meetingId }: GivenProxy, limit: number | null): ProxyProblem | null {
    if (grantorId === holderId) return 'self';
    const among = (list: readonly GivenProxy[] | undefined) =>
      list?.filter((each) => overlap(each.meetingId, meetingId)) ?? [];
    if (among(this.#byGrantor.get(grantorId)).length > 0) return 'second_proxy';
    const given = among(this.#byGrantor.get(holderId)).filter(({ state }) => state === 'accepted');
    if (given.some((each) => each.holderId === grantorId)) return 'cycle';
    if (given.length > 0) return 'holder_has_given';
    if (among(this.#byHolder.get(grantorId)).some(({ state }) => state === 'accepted')) return 'grantor_holds';
    return limit !== null && this.#heldAtOnce(holderId, meetingId) >= limit ? 'limit' : null;
  }

  /** The most that somebody holds in any one meeting that a proxy would be good for. */
  #heldAtOnce(holderId: string, meetingId: string | null): number {
    let everywhere = 0;
    const inMeeting = new Map<string, number>();
    for (const each of this.#byHolder.get(holderId) ?? []) {
      if (each.state !== 'accepted') continue;
      if (each.meetingId === null) everywhere += 1;
      else inMeeting.set(each.meetingId, (inMeeting.get(each.meetingId) ?? 0) + 1);
    }
    if (meetingId !== null) return everywhere + (inMeeting.get(meetingId) ?? 0);
    return everywhere + Math.max(0, ...inMeeting.values());
  }
}
