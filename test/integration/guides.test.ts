import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../gateway/logging.ts';
import { startGateway } from '../../gateway/main.ts';
import { WEBHOOK_EVENTS } from '../../protocol/webhooks.ts';
import { signatureOf, WebhookSender } from '../../workers/webhooks.ts';
import { accepted, newElection, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { startReceiver, until } from '../harness/webhook-receiver.ts';

const guide = (name: string) => readFileSync(`docs/guides/${name}.md`, 'utf8');

/** The guide's example that exports `name`, as a module: what readers copy is what runs here. */
async function example(name: string, text: string) {
  const blocks = [...text.matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, code]) => code ?? '');
  const code = blocks.find(
    (block) => block.includes(`export async function ${name}`) || block.includes(`export function ${name}`),
  );
  if (code === undefined) throw new Error(`no example ${name}`);
  const resolved = code.replaceAll("'./client/service.ts'", `'${pathToFileURL('client/service.ts').href}'`);
  const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(resolved)}`);
  return module[name];
}

const database = await freshDatabase();
const engine = await openEngine(database, { webhookAllowPrivate: true });
const gateway = await startGateway(
  { host: '127.0.0.1', port: 0, socketPort: 0, origins: [] },
  { engine, logger: createLogger({ level: 'silent' }) },
);
afterAll(() => gateway.drain());

describe('docs/guides/webhooks.md', () => {
  const text = guide('webhooks');

  test('names every event that there is', () => {
    for (const kind of Object.keys(WEBHOOK_EVENTS)) expect(text).toContain(`\`${kind}\``);
  });

  test('its check of the signature takes what is sent, and nothing else', async () => {
    const isGenuine = await example('isGenuine', text);
    const now = Math.floor(Date.now() / 1_000);
    const body = '{"id":"evt_1","title":"Ä"}';
    expect(isGenuine('whsec_a', signatureOf(['whsec_a'], now, body), body)).toBe(true);
    expect(isGenuine('whsec_old', signatureOf(['whsec_a', 'whsec_old'], now, body), body)).toBe(true);
    expect(isGenuine('whsec_b', signatureOf(['whsec_a'], now, body), body)).toBe(false);
    expect(isGenuine('whsec_a', signatureOf(['whsec_a'], now, body), `${body} `)).toBe(false);
    expect(isGenuine('whsec_a', signatureOf(['whsec_a'], now - 301, body), body)).toBe(false);
    expect(isGenuine('whsec_a', signatureOf(['whsec_a'], now, body).replace(`t=${now}`, `t=${now + 1}`), body)).toBe(
      false,
    );
    for (const header of ['', 't=1', `t=${now}`, `t=${now},v1=`, `t=${now},v1=zz`, `v1=${'0'.repeat(64)}`]) {
      expect(isGenuine('whsec_a', header, body)).toBe(false);
    }
  });

  test('a receiver that uses it believes a real event', async () => {
    const isGenuine = await example('isGenuine', text);
    const receiver = await startReceiver();
    const orgId = await newOrganisation(engine);
    const { secret } = accepted(
      await engine.webhooks.create(orgId, { url: receiver.url, events: ['election.created'] }, 'test'),
    );
    const silent = () => {};
    const logger = { debug: silent, info: silent, warn: silent, error: silent };
    const sender = new WebhookSender(engine, { allowPrivate: true, pollMs: 20 }, logger);
    sender.start();
    await newElection(engine, orgId);
    await engine.webhooks.queueUpTo(orgId, await engine.feed.pos(orgId)); // as the queue that follows the log does
    await until(() => receiver.received.length > 0, 'the event');
    await sender.stop();
    const [event] = receiver.received;
    expect(isGenuine(secret, event?.headers['psephos-signature'], event?.body)).toBe(true);
  });

  test('its example for other languages is right', () => {
    const [, secret, time, body] = /secret `(\S+)`, the time `(\d+)` and the body `(\S+)`/.exec(text) ?? [];
    expect(text).toContain(`\`${signatureOf([secret as string], Number(time), body as string).split(',')[1]}\``);
  });
});

describe('docs/guides/service-to-service.md', () => {
  const text = guide('service-to-service');

  test('its example issues tokens by a key no wider than it says', async () => {
    const issueTo = await example('issueTo', text);
    const orgId = await newOrganisation(engine);
    const { electionId } = await newElection(engine, orgId);
    const asked = JSON.parse(/^POST \/v1\/api-keys\n(\{.*\})$/m.exec(text)?.[1] ?? '');
    const { secret } = accepted(await engine.apiKeys.create(orgId, asked));
    const kept: unknown[] = [];
    const members = [{ number: 'M-1' }, { number: 'M-2', weight: '2.5' }];
    const baseUrl = `http://127.0.0.1:${gateway.port}`;
    const keep = (tokens: unknown[]) => kept.push(...tokens);
    expect(await issueTo(members, electionId, { baseUrl, secret, keep })).toEqual({ issued: 2, repeated: 0 });
    expect(kept).toMatchObject([{ reference: 'M-1' }, { reference: 'M-2', weight: '2.5' }]);
    expect(accepted(await engine.elections.participation(orgId, electionId))).toMatchObject({
      roll: 2,
      rollWeight: 3_500_000n,
    });
  });
});
