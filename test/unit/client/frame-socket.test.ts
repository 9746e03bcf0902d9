import { expect, test } from 'vitest';
import { castFields, FrameSocket, isAccepted } from '../../../client/index.ts';
import { castFrame } from '../../../protocol/frames/cast.ts';
import { FakeGateway } from './fake-gateway.ts';

const ELECTION = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const open = (gateway: FakeGateway) => FrameSocket.open('ws://fake', 'psephos.v1', gateway.WebSocket, 100);
const ask = (frames: FrameSocket, fields: string) =>
  new Promise<string | undefined>((resolve) => {
    frames.request(fields, resolve);
  });

test('replies reach whoever asked, in whatever order they come', async () => {
  const gateway = new FakeGateway(() => null);
  const frames = await open(gateway);
  const answers = [ask(frames, '"op":"ping"'), ask(frames, '"op":"ping"')];
  expect(frames.inWork).toBe(2);
  gateway.publish({ id: 2, ok: true, which: 'second' });
  gateway.publish({ id: 1, ok: false, which: 'first' });
  const [first = '', second = ''] = await Promise.all(answers);
  expect([JSON.parse(first).which, JSON.parse(second).which]).toEqual(['first', 'second']);
  expect([isAccepted(first), isAccepted(second)]).toEqual([false, true]);
  expect(frames.inWork).toBe(0);
});

test('what nobody asked for goes to onMessage', async () => {
  const gateway = new FakeGateway(() => null);
  const frames = await open(gateway);
  const got: string[] = [];
  frames.onMessage = (text) => got.push(text);
  const strays = [{ topic: 'tally:x' }, { id: null, ok: false }, { id: 77, ok: true }, { id: 'one', ok: true }];
  for (const stray of strays) gateway.publish(stray);
  expect(got.map((text) => JSON.parse(text))).toEqual(strays);
});

test('a connection that ends leaves nobody waiting', async () => {
  const gateway = new FakeGateway(() => null);
  const frames = await open(gateway);
  const waiting = [ask(frames, '"op":"ping"'), ask(frames, '"op":"ping"')];
  gateway.cut();
  expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  expect(await ask(frames, '"op":"ping"')).toBeUndefined();
  expect(frames.isOpen).toBe(false);
});

test('no connection is an error, once', async () => {
  const gateway = new FakeGateway();
  gateway.away = true;
  await expect(open(gateway)).rejects.toThrow('no connection to ws://fake');
});

test('fields made before the clock runs are the frame of the protocol', () => {
  const fields = castFields(ELECTION, '{"choice":"yes"}', '0'.repeat(32), 'a "token" of sixteen');
  expect(castFrame.parse(JSON.parse(`{"id":1,${fields}}`))).toEqual({
    id: 1,
    op: 'cast',
    election: ELECTION,
    credential: 'a "token" of sixteen',
    ballot: { choice: 'yes' },
    cast_key: '0'.repeat(32),
  });
  expect(
    castFrame.parse(JSON.parse(`{"id":1,${castFields(ELECTION, '{}', '0'.repeat(32))}}`)).credential,
  ).toBeUndefined();
});
