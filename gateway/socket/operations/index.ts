import type { OperationName } from '../../../protocol/frames.ts';
import { allocate } from './allocate.ts';
import { balance } from './balance.ts';
import { cast } from './cast.ts';
import { hello } from './hello.ts';
import type { SocketOperation } from './operation.ts';
import { ping } from './ping.ts';
import { presence } from './presence.ts';
import { reallocate } from './reallocate.ts';
import { subscribe } from './subscribe.ts';
import { unsubscribe } from './unsubscribe.ts';
import { withdraw } from './withdraw.ts';

export const operations: Readonly<Record<OperationName, SocketOperation>> = {
  hello,
  subscribe,
  unsubscribe,
  cast,
  allocate,
  reallocate,
  withdraw,
  balance,
  presence,
  ping,
};
