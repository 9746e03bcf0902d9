import type { OperationName } from '../../../protocol/frames.ts';
import { cast } from './cast.ts';
import { hello } from './hello.ts';
import type { SocketOperation } from './operation.ts';
import { ping } from './ping.ts';
import { presence } from './presence.ts';
import { subscribe } from './subscribe.ts';
import { unsubscribe } from './unsubscribe.ts';

export const operations: Readonly<Record<OperationName, SocketOperation>> = {
  hello,
  subscribe,
  unsubscribe,
  cast,
  presence,
  ping,
};
