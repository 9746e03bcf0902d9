import type { SocketLimits } from './limits.ts';

/** The connections of one address: shared by them, since thousands may come from one hall. */
export interface Place {
  readonly address: string;
  taken: number;
}

/** How many connections there may be, in all and from one address. */
export class Places {
  readonly #limits: SocketLimits;
  readonly #byAddress = new Map<string, Place>();
  #taken = 0;

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Why there is none, or the place that must be left again. */
  take(address: string): Place | 'full' | 'address full' {
    if (this.#taken >= this.#limits.connectionsMax) return 'full';
    const place = this.#byAddress.get(address) ?? { address, taken: 0 };
    if (place.taken >= this.#limits.connectionsPerAddressMax) return 'address full';
    place.taken += 1;
    this.#taken += 1;
    this.#byAddress.set(address, place);
    return place;
  }

  leave(place: Place): void {
    place.taken -= 1;
    this.#taken -= 1;
    if (place.taken === 0) this.#byAddress.delete(place.address);
  }
}
