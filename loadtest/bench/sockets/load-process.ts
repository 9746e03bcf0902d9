import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../quantiles.ts';
import type { Answers, CastReport, ConnectOrder, Done, Order, WatchReport } from './orders.ts';
import { type Prepared, preparedBallots, preparedCoins } from './prepared.ts';
import { RawSocket, type RawSocketEvents, textFrame } from './raw-socket.ts';

/**
 * The process that casts and watches: on the same cores as the gateway, and never in its event loop. Takes one order at
 * a time from the bench that forked it.
 */

const AT_ONCE = 100; // handshakes in work: the listen queue of the kernel is short
const GREETING_ID = 0;
const TICK_MS = 1;
/** Past the engine's deadline of 1,000 ms and a gateway's turn nothing more comes. */
const SILENCE_MS = 5_000;
const DONE: Done = { done: true };

const sockets: RawSocket[] = [];
let prepared: Prepared | undefined;
let greeted: ((accepted: boolean) => void)[] = [];
let settled: (() => void) | undefined;
let afterRead: ((socket: RawSocket) => void) | undefined;
let agesMs: number[] | undefined;
let snapshots = 0;

const events: RawSocketEvents = {
  onText(socket, bytes, from, upto) {
    const greeting = greeted[socket.number];
    if (greeting !== undefined) {
      delete greeted[socket.number];
      greeting(bytes.toString('latin1', from, upto).includes('"ok":true'));
    } else if (agesMs !== undefined) takeAge(bytes, from, upto);
    else if (prepared?.settle(bytes, from, upto, performance.now()) && prepared.answered === prepared.count)
      settled?.();
  },
  onReadEnd(socket) {
    afterRead?.(socket);
  },
  onClose(socket, reason) {
    throw new Error(`socket ${socket.number}: ${reason}`);
  },
};

function nowPrepared(): Prepared {
  if (prepared === undefined) throw new Error('nothing is prepared');
  return prepared;
}

async function connect({ wsUrl, apiKey, tickets, sockets: count }: ConnectOrder): Promise<Done> {
  const greeting = (secret: object) => textFrame(JSON.stringify({ id: GREETING_ID, op: 'hello', ...secret }));
  const helloOfAll = greeting({ api_key: apiKey });
  const first = sockets.length;
  greeted = [];
  let next = first;
  const work = async () => {
    while (next < first + count) {
      const number = next;
      next += 1;
      const socket = await RawSocket.open(wsUrl, number, events);
      sockets[number] = socket;
      const accepted = new Promise<boolean>((resolve) => {
        greeted[number] = resolve;
      });
      socket.send(tickets === undefined ? helloOfAll : greeting({ ticket: tickets[number - first] }));
      if (!(await accepted)) throw new Error('the gateway does not take our API key or ticket');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return DONE;
}

/** Resolves when everything is answered, or `maxMs` have passed. */
function allSettled(maxMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, maxMs);
    settled = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Each socket has a range of voters of its own; what one read answers is sent on in one write. */
async function closedLoop(window: number, maxMs: number): Promise<CastReport> {
  const casts = nowPrepared();
  const share = casts.count / sockets.length;
  const next = sockets.map((_, i) => Math.floor(i * share));
  const last = sockets.map((_, i) => Math.floor((i + 1) * share));
  const onTheirWay = sockets.map(() => 0);
  const startedAt = performance.now();
  let sent = 0;
  let ended = false;
  let answeredBefore = 0;
  const fill = (socket: RawSocket, now: number) => {
    const from = next[socket.number] as number;
    const room = window - (onTheirWay[socket.number] as number);
    const upto = Math.min(last[socket.number] as number, from + room);
    if (upto <= from) return;
    socket.send(casts.take(from, upto, now));
    next[socket.number] = upto;
    onTheirWay[socket.number] = (onTheirWay[socket.number] as number) + upto - from;
    sent += upto - from;
  };
  afterRead = (socket) => {
    const now = performance.now();
    // sockets are read one after the other, so that what has been answered since the last read came on this one
    onTheirWay[socket.number] = (onTheirWay[socket.number] as number) - (casts.answered - answeredBefore);
    answeredBefore = casts.answered;
    ended ||= now - startedAt > maxMs;
    if (!ended) fill(socket, now);
    else if (casts.answered === sent) settled?.();
  };
  casts.start(startedAt);
  const over = allSettled(maxMs + SILENCE_MS);
  for (const socket of sockets) fill(socket, startedAt);
  await over;
  afterRead = undefined;
  return casts.report(sent);
}

async function openLoop(perSecond: number): Promise<CastReport> {
  const casts = nowPrepared();
  const startedAt = performance.now();
  casts.start(startedAt);
  const over = allSettled((casts.count / perSecond) * 1_000 + SILENCE_MS);
  for (let next = 0; next < casts.count; ) {
    const due = Math.min(casts.count, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) + 1);
    for (; next < due; next += 1) {
      const dueAt = startedAt + (next / perSecond) * 1_000;
      socketOf(next).send(casts.take(next, next + 1, dueAt));
    }
    await sleep(TICK_MS);
  }
  await over;
  return casts.report();
}

async function burst(): Promise<CastReport> {
  const casts = nowPrepared();
  const startedAt = performance.now();
  casts.start(startedAt);
  const over = allSettled(SILENCE_MS);
  for (let i = 0; i < casts.count; i += 1) socketOf(i).send(casts.take(i, i + 1, startedAt));
  await over;
  return casts.report();
}

function socketOf(cast: number): RawSocket {
  return sockets[cast % sockets.length] as RawSocket;
}

async function watch(electionId: string): Promise<Done> {
  const subscribe = textFrame(JSON.stringify({ id: 1, op: 'subscribe', topic: `tally:${electionId}` }));
  agesMs = [];
  snapshots = 0;
  const over = allSettled(SILENCE_MS);
  for (const socket of sockets) socket.send(subscribe);
  await over;
  if (snapshots < sockets.length) throw new Error(`only ${snapshots} of ${sockets.length} have a snapshot`);
  return DONE;
}

const AT = Buffer.from('"at":"');
const SNAPSHOT = Buffer.from('"snapshot":');
const TIMESTAMP_CHARACTERS = '2026-01-01T00:00:00.000Z'.length;
let lastTimestamp = '';
let lastTimestampMs = 0;

/**
 * The first snapshot is as old as the last ballot before it was asked for; only what follows tells how late news comes.
 * A later snapshot went to a reader that was too slow for the messages, and counts.
 */
function takeAge(bytes: Buffer, from: number, upto: number): void {
  const message = bytes.subarray(from, upto);
  const at = message.lastIndexOf(AT);
  if (at < 0) return;
  if (snapshots < sockets.length && message.includes(SNAPSHOT)) {
    snapshots += 1;
    if (snapshots === sockets.length) settled?.();
    return;
  }
  const timestamp = message.toString('latin1', at + AT.length, at + AT.length + TIMESTAMP_CHARACTERS);
  if (timestamp !== lastTimestamp) {
    lastTimestamp = timestamp;
    lastTimestampMs = Date.parse(timestamp);
  }
  agesMs?.push(Date.now() - lastTimestampMs);
}

function watched(): WatchReport {
  const ages = agesMs ?? [];
  agesMs = undefined;
  return { messages: ages.length, p50Ms: quantile(ages, 0.5), p99Ms: quantile(ages, 0.99) };
}

function carryOut(order: Order): Promise<Answers[Order['do']]> | Answers[Order['do']] {
  switch (order.do) {
    case 'connect':
      return connect(order);
    case 'prepare':
      prepared = preparedBallots(order);
      return DONE;
    case 'prepare coins':
      prepared = preparedCoins(order);
      return DONE;
    case 'closed loop':
      return closedLoop(order.window, order.maxMs);
    case 'open loop':
      return openLoop(order.perSecond);
    case 'burst':
      return burst();
    case 'watch':
      return watch(order.electionId);
    case 'watched':
      return watched();
    case 'disconnect':
      for (const socket of sockets.splice(0)) socket.destroy();
      return DONE;
  }
}

process.on('message', async (order: Order) => {
  process.send?.(await carryOut(order));
});
process.on('disconnect', () => process.exit(0));
