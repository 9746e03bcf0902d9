export type { CastResult } from './casting.ts';
export { type ClientOptions, PsephosClient } from './client.ts';
export type { CoinMove } from './coins.ts';
export { PsephosError } from './errors.ts';
export { castFields, FrameSocket, isAccepted, type SocketConstructor } from './frame-socket.ts';
export {
  type NewCredentials,
  type NewElectionInput,
  type PageView,
  type ParticipationView,
  PsephosHttp,
  type RecountView,
  type ResultView,
} from './http.ts';
export { OPEN_TIMEOUT_MS } from './http-calls.ts';
export { newCastKey } from './random-key.ts';
export { isPassing } from './retry.ts';
export type { Subscription } from './subscriptions.ts';
