import type { z } from 'zod';
import { castFrame, castReply, queuedOutcome } from './frames/cast.ts';
import {
  allocateReply,
  allocateRequest,
  balanceReply,
  balanceRequest,
  reallocateReply,
  reallocateRequest,
  withdrawReply,
  withdrawRequest,
} from './frames/coins.ts';
import { helloReply, helloRequest } from './frames/hello.ts';
import {
  boardMessage,
  boardSnapshot,
  campaignSnapshot,
  electionSnapshot,
  eventsMessage,
  inboxMessage,
  inboxSnapshot,
  meetingSnapshot,
  tallyMessage,
  tallySnapshot,
} from './frames/messages.ts';
import { pingReply, pingRequest } from './frames/ping.ts';
import { presenceReply, presenceRequest } from './frames/presence.ts';
import type { refusal } from './frames/refusal.ts';
import { subscribeReply, subscribeRequest } from './frames/subscribe.ts';
import { unsubscribeReply, unsubscribeRequest } from './frames/unsubscribe.ts';

/** Every operation of the socket: the frame a client sends, and its reply where it is carried out. */
export const socketOperations = {
  hello: { request: helloRequest, reply: helloReply },
  subscribe: { request: subscribeRequest, reply: subscribeReply },
  unsubscribe: { request: unsubscribeRequest, reply: unsubscribeReply },
  cast: { request: castFrame, reply: castReply },
  allocate: { request: allocateRequest, reply: allocateReply },
  reallocate: { request: reallocateRequest, reply: reallocateReply },
  withdraw: { request: withdrawRequest, reply: withdrawReply },
  balance: { request: balanceRequest, reply: balanceReply },
  presence: { request: presenceRequest, reply: presenceReply },
  ping: { request: pingRequest, reply: pingReply },
} as const;

export type OperationName = keyof typeof socketOperations;
export type RequestOf<Name extends OperationName> = z.infer<(typeof socketOperations)[Name]['request']>;
export type ReplyOf<Name extends OperationName> = z.infer<(typeof socketOperations)[Name]['reply']>;
export type Refusal = z.infer<typeof refusal>;

/** Every message of a topic, by name. */
export const topicMessages = {
  meetingSnapshot,
  electionSnapshot,
  eventsMessage,
  tallySnapshot,
  tallyMessage,
  inboxSnapshot,
  inboxMessage,
  campaignSnapshot,
  boardSnapshot,
  boardMessage,
} as const;

/** Every message that comes unasked and belongs to no topic. */
export const ownMessages = { queuedOutcome } as const;
