import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../engine/index.ts';
import { createLogger } from '../../gateway/logging.ts';
import type { SocketLimits } from '../../gateway/socket/limits.ts';
import { createSocketServer, type SocketServer } from '../../gateway/socket/server.ts';
import { topicMessages } from '../../protocol/frames.ts';
import {
  accepted,
  castOf,
  newElection,
  newOrganisation,
  newVoters,
  openElection,
  openEngine,
} from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startRedis } from '../harness/redis.ts';
import { RawSocket } from './raw-socket.ts';

/** Every message begins where the one before it ended. */
function expectContiguous(messages: RawSocket['frames']): void {
  messages.slice(1).forEach((message, i) => {
    if (message.snapshot !== true) expect(message.previous).toBe(messages[i]?.offset);
  });
}

/** The same with and without Redis. */
const WAYS = [
  ['over the log alone', undefined],
  ['with signals over Redis', { url: (await startRedis()).url }],
] as const;

for (const [way, redis] of WAYS) {
  const servers: SocketServer[] = [];
  const database = await freshDatabase();
  const engine = await openEngine(database, { redis });
  const other = await openEngine(database, { redis }); // a second gateway on the same database
  const orgId = await newOrganisation(engine);
  const apiKey = accepted(await engine.apiKeys.create(orgId, { name: 'test', roles: ['moderator'] })).secret;
  const here = await gateway(engine);
  const there = await gateway(other);
  const opened: RawSocket[] = [];

  afterAll(() => Promise.all(servers.map((server) => server.drain())));

  afterEach(() => {
    for (const socket of opened.splice(0)) socket.close();
  });

  async function gateway(on: Engine, limits: Partial<SocketLimits> = {}): Promise<number> {
    const server = createSocketServer({ engine: on, logger: createLogger({ level: 'silent' }), origins: [], limits });
    servers.push(server);
    return (await server.listen('127.0.0.1', 0)).port;
  }

  async function known(port: number): Promise<RawSocket> {
    const socket = await RawSocket.as(port, { api_key: apiKey });
    opened.push(socket);
    return socket;
  }

  const subscribe = (socket: RawSocket, topic: string, since: object = {}) =>
    socket.ask({ id: `subscribe ${Math.random()}`, op: 'subscribe', topic, ...since });
  const messagesOf = (socket: RawSocket, topic: string) =>
    socket.frames.filter((frame) => frame.topic === topic && frame.id === undefined);

  describe(way, () => {
    test('vote on one gateway, watch on another: a snapshot, then figures without a gap up to the last ballot', async () => {
      const voters = newVoters(60);
      const election = await openElection(engine, orgId, voters);
      const topic = `tally:${election.electionId}`;
      const watcher = await known(there);
      expect(await subscribe(watcher, topic)).toMatchObject({ ok: true, mode: 'snapshot', topic });
      const first = await watcher.next();
      expect(topicMessages.tallySnapshot.safeParse(first).error).toBeUndefined();
      expect(first.data.cast).toBe(0);
      for (const voter of voters) {
        accepted(await engine.elections.cast(orgId, castOf(election, voter)));
        await sleep(5);
      }
      accepted(await engine.elections.close(orgId, election.electionId, 'test'));
      const last = await watcher.until((frame) => frame.data?.final === true && frame.data.counted === 60);
      expect(topicMessages.tallyMessage.safeParse(last).error).toBeUndefined();
      const messages = messagesOf(watcher, topic);
      expectContiguous(messages);
      expect(messages.length).toBeGreaterThan(2);
    });

    test('close on one gateway while voters vote on both: everyone is told the side that is stored', async () => {
      const voters = newVoters(400);
      const election = await openElection(engine, orgId, voters);
      const sockets = [await known(here), await known(there)];
      const frames = voters.map(({ token, castKey }, id) => ({
        id,
        op: 'cast',
        election: election.electionId,
        credential: token,
        ballot: { choice: 'yes' },
        cast_key: castKey,
      }));
      const answers = frames.map(async (frame, i) => {
        await sleep(Math.random() * 60);
        return (sockets[i % 2] as RawSocket).ask(frame);
      });
      await sleep(30);
      accepted(await other.elections.close(orgId, election.electionId, 'test'));
      const all = await Promise.all(answers);
      const stored = all.filter((reply) => reply.ok).length;
      expect(all.every((reply) => reply.ok || reply.error.code === 'BALLOT_004')).toBe(true);
      expect(accepted(await engine.elections.participation(orgId, election.electionId)).voted).toBe(stored);
    });

    test('an election topic resumes with exactly what was missed, on either gateway', async () => {
      const election = await newElection(engine, orgId);
      const topic = `election:${election.electionId}`;
      const before = await known(here);
      await subscribe(before, topic);
      const snapshot = await before.next();
      expect(topicMessages.electionSnapshot.safeParse(snapshot).error).toBeUndefined();
      const held = { epoch: snapshot.epoch, offset: snapshot.offset };
      expect(await subscribe(before, topic, held)).toMatchObject({ mode: 'current', offset: snapshot.offset });

      before.close();
      accepted(await engine.elections.open(orgId, election.electionId, 'test'));
      accepted(await engine.elections.close(orgId, election.electionId, 'test'));
      await sleep(300);
      for (const port of [here, there]) {
        const after = await known(port);
        const reply = await subscribe(after, topic, held);
        if (reply.mode === 'snapshot') {
          expect((await after.next()).data.election.state).toBe('closed');
          continue; // the topic was new here: one snapshot is what there is to give
        }
        expect(reply.mode).toBe('resumed');
        const missed = await after.next();
        expect(missed.previous).toBe(held.offset);
        expect(missed.data.events.map(({ kind }: { kind: string }) => kind)).toEqual(
          expect.arrayContaining(['election.opened', 'election.closed']),
        );
      }
      const lost = await known(here);
      expect((await subscribe(lost, topic, { epoch: 'another life', offset: held.offset })).mode).toBe('snapshot');
    });

    test('many who come and go while the election moves: snapshot or resume, never a gap, never twice', async () => {
      const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
      const topic = `meeting:${meeting.meetingId}`;
      let moving = true;
      const moves = (async () => {
        while (moving) await newElection(engine, orgId, { meetingId: meeting.meetingId });
      })();
      const seen = await Promise.all(
        Array.from({ length: 6 }, async (_, i) => {
          const positions: number[] = [];
          let held: { epoch: string; offset: number } | undefined;
          for (let round = 0; round < 4; round += 1) {
            const socket = await known((i + round) % 2 === 0 ? here : there);
            await subscribe(socket, topic, held);
            await sleep(150 + 40 * i);
            for (const message of messagesOf(socket, topic)) {
              if (message.snapshot === true) positions.length = 0;
              else expect(message.previous).toBeLessThanOrEqual(held?.offset ?? -1);
              const from = held?.offset ?? 0;
              if (message.snapshot !== true) {
                for (const { pos } of message.data.events) if (pos > from) positions.push(pos);
              }
              if (message.snapshot === true || message.offset >= from) {
                held = { epoch: message.epoch, offset: message.offset };
              }
            }
            socket.close();
          }
          return { positions, offset: held?.offset ?? 0 };
        }),
      );
      moving = false;
      await moves;
      const log = accepted(await engine.feed.read(orgId, 0, 100_000));
      for (const { positions, offset } of seen) {
        const first = positions[0] ?? offset;
        const due = log.filter(
          ({ topic: subject, payload, pos }) =>
            (subject === meeting.meetingId || payload.meeting === meeting.meetingId) && pos >= first && pos <= offset,
        );
        expect(positions).toEqual(due.map(({ pos }) => pos));
      }
    });

    test('a slow reader gets every reply and the newest state, not every message; one that never reads is cut off', async () => {
      const meeting = accepted(await engine.meetings.create(orgId, { title: 'Assembly' }, 'test'));
      const long = { description: 'x'.repeat(4_000), meetingId: meeting.meetingId };
      for (let i = 0; i < 60; i += 1) await newElection(engine, orgId, long);
      const topic = `meeting:${meeting.meetingId}`; // a snapshot of some 270 KB
      const slow = await known(here);
      slow.socket.pause();
      for (let id = 1; id <= 150; id += 1) slow.send({ id, op: 'subscribe', topic });
      await sleep(1_500);
      const added = await newElection(engine, orgId, { meetingId: meeting.meetingId });
      await sleep(1_500); // the state is read once a second
      slow.socket.resume();
      const newest = await slow.until(
        (frame) =>
          frame.snapshot === true &&
          frame.data.elections.some(({ election_id: id }: { election_id: string }) => id === added.electionId),
      );
      expect(newest.topic).toBe(topic);
      await sleep(300);
      expect(slow.frames.filter(({ id }) => typeof id === 'number')).toHaveLength(150);
      expect(messagesOf(slow, topic).length).toBeLessThan(150);

      const never = await known(here);
      never.socket.pause();
      for (let id = 1; id <= 150; id += 1) never.send({ id, op: 'subscribe', topic });
      await sleep(1_000);
      for (let id = 1_000; id <= 13_000; id += 1) never.send({ id, op: 'ping' });
      await sleep(500);
      never.socket.resume();
      expect(await never.untilClosed()).toBe(1006);
    });
  });
}
