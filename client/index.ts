export { newCastKey } from './cast-key.ts';
export type { CastResult } from './casting.ts';
export { type CastOptions, type ClientAuth, type ClientOptions, PsephosClient } from './client.ts';
export { type ClientCode, PsephosError } from './errors.ts';
export { castFields, FrameSocket, isAccepted, type Settle, type SocketConstructor } from './frame-socket.ts';
export { type NewCredentials, type NewElectionInput, PsephosHttp, type RecountView, type ResultView } from './http.ts';
export { isPassing, RETRIES_MAX, retryDelayMs } from './retry.ts';
export type { Subscription, TopicHandler } from './subscriptions.ts';
