import { expect, test } from 'vitest';
import { idOf, refusalText, replyText } from '../../../gateway/socket/replies.ts';
import { refusal } from '../../../protocol/frames/refusal.ts';
import { socketOperations } from '../../../protocol/frames.ts';
import { partsOfTopic, topic } from '../../../protocol/topics.ts';

const ID = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';

test('a topic has a kind and an id in small letters', () => {
  expect(partsOfTopic(`tally:${ID}`)).toEqual({ kind: 'tally', id: ID });
  expect(topic.safeParse(`meeting:${ID}`).success).toBe(true);
  for (const text of ['', 'tally', `motion:${ID}`, `tally:${ID.toUpperCase()}`, `tally:${ID} `, `tally:${ID}\n`]) {
    expect(topic.safeParse(text).success, text).toBe(false);
    expect(() => partsOfTopic(text)).toThrow(RangeError);
  }
});

test('hello carries one secret, and one only', () => {
  const { request } = socketOperations.hello;
  expect(request.safeParse({ id: 1, op: 'hello', ticket: 't' }).success).toBe(true);
  expect(request.safeParse({ id: 1, op: 'hello', api_key: 'k' }).success).toBe(true);
  expect(request.safeParse({ id: 1, op: 'hello' }).success).toBe(false);
  expect(request.safeParse({ id: 1, op: 'hello', ticket: 't', api_key: 'k' }).success).toBe(false);
});

test('subscribe carries epoch and offset together or neither', () => {
  const { request } = socketOperations.subscribe;
  const base = { id: 1, op: 'subscribe', topic: `tally:${ID}` };
  expect(request.safeParse(base).success).toBe(true);
  expect(request.safeParse({ ...base, epoch: 'e', offset: 0 }).success).toBe(true);
  expect(request.safeParse({ ...base, epoch: 'e' }).success).toBe(false);
  expect(request.safeParse({ ...base, offset: 3 }).success).toBe(false);
});

test('replies are JSON whatever the id', () => {
  for (const id of [1, -0, 'plain', '"quoted"', '\u2028\ud800', '\\']) {
    expect(JSON.parse(replyText(id, '"a":1'))).toEqual({ id: JSON.parse(JSON.stringify(id)), ok: true, a: 1 });
    expect(JSON.parse(replyText(id, ''))).toMatchObject({ ok: true });
  }
});

test('a refusal has the shape of the protocol, with the id of the frame where it has one', () => {
  const failure = { kind: 'credential_busy', message: 'Busy.', retryAfterMs: 40.5 } as const;
  for (const frame of [{ id: 7 }, { id: 'x' }, { id: 'x'.repeat(65) }, { id: null }, { id: 1e300 }, null, 'text', []]) {
    expect(refusal.safeParse(JSON.parse(refusalText(idOf(frame), failure))).error).toBeUndefined();
  }
  expect(idOf({ id: 7 })).toBe(7);
  expect(idOf(Object.create({ id: 7 }))).toBeNull();
});
