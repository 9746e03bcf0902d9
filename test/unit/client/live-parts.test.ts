import { expect, test } from 'vitest';
import type { Link } from '../../../client/link.ts';
import { Subscriptions } from '../../../client/subscriptions.ts';
import type { TopicMessage } from '../../../protocol/frames/messages.ts';

const TOPIC = 'meeting:0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10';
const head = { topic: TOPIC, epoch: 'e' };
const event = (pos: number) => ({ pos, kind: 'meeting.joined', subject: 'm', at: '2026-11-21T18:00:00.000Z' });

/** A subscription at offset 5, and what its handler has got since. */
async function watching() {
  const link = { isUp: true, request: async () => '{"id":1,"ok":true}' } as unknown as Link;
  const subscriptions = new Subscriptions(link);
  const got: TopicMessage[] = [];
  const { watch } = await subscriptions.add(TOPIC, (message) => got.push(message));
  const take = (message: object) => subscriptions.take(JSON.stringify({ ...head, ...message }));
  take({ offset: 5, snapshot: true, data: {} });
  got.length = 0;
  return { take, got, watch };
}

test('parts of a meeting come at the offset that is held: they are news, and no gap', async () => {
  const { take, got, watch } = await watching();
  take({ offset: 5, previous: 5, data: { events: [], live: { presence: { present: 2 } } } });
  expect(got.map(({ data }) => data)).toEqual([{ events: [], live: { presence: { present: 2 } } }]);
  expect(watch).toMatchObject({ offset: 5, gaps: 0 });
});

test('events that are held already are dropped from a message, its parts are not', async () => {
  const { take, got } = await watching();
  take({ offset: 6, previous: 4, data: { events: [event(5), event(6)], live: { agenda: { items: [] } } } });
  take({ offset: 6, previous: 6, data: { events: [event(6)] } });
  expect(got.map(({ data }) => data)).toEqual([{ events: [event(6)], live: { agenda: { items: [] } } }]);
});
