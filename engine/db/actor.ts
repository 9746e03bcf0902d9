import { AsyncLocalStorage } from 'node:async_hooks';

/** Who is at work, as the audit names it. */
export interface Actor {
  /** 'member:ID', 'api_key:ID', 'attendee:ID', 'account:ID', 'anonymous', 'operator', 'system:QUEUE' */
  readonly actor: string;
  /** network address that the request came from; '' where it came from none */
  readonly origin: string;
  /** as answers and logs name the request; '' outside any */
  readonly requestId: string;
}

/** What an engine does of itself: opening and closing by time, upkeep. */
const ENGINE: Actor = { actor: 'system:engine', origin: '', requestId: '' };

const present = new AsyncLocalStorage<Actor>();

/** Whatever `work` changes in the database, now or after it has waited for something, is written down as done by this actor. */
export function actAs<T>(actor: Actor, work: () => T): T {
  return present.run(actor, work);
}

/** To be asked before anything is awaited: callbacks of the driver run in whichever context their connection has. */
export function presentActor(): Actor {
  return present.getStore() ?? ENGINE;
}
