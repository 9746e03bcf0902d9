import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '../../engine/db/connect.ts';
import { enterOrganisation } from '../../engine/db/queries.ts';
import { enqueueMails } from '../../engine/deliveries/index.ts';
import type { ClaimedMail, NewMail } from '../../engine/index.ts';
import { accepted, newOrganisation, openEngine } from '../harness/engines.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { connectAs } from '../harness/urn.ts';

const database = await freshDatabase();
const engine = await openEngine(database);
const superuser = connectAs(database.ownerUrl, null);
const app = connectAs(database.ownerUrl, 'psephos_app', 2);
afterAll(() => Promise.all([superuser.end(), app.end()]));

const magicLink = (key: string, to = 'ada@example.org'): NewMail => ({
  orgId: null,
  to,
  locale: 'en',
  template: 'magic-link',
  data: { link: 'https://vote.example/sign-in#SECRET', validForMinutes: 15 },
  key,
});

const invitation = (orgId: string, index: number): NewMail => ({
  orgId,
  to: `member${index}@example.org`,
  locale: 'de',
  template: 'member-invitation',
  data: { organisation: 'Verein', link: `https://vote.example/i#${index}`, validForMinutes: 20_160 },
  key: `member-invitation:${index}`,
});

async function rowOf(mail: { mailId: string }) {
  const [row] = await superuser`SELECT * FROM app.mails WHERE mail_id = ${mail.mailId}`;
  return row;
}

/** Takes everything that is due out of the way of the next test. */
async function settleAll(): Promise<ClaimedMail[]> {
  const all: ClaimedMail[] = [];
  for (;;) {
    const claimed = await engine.mails.claim(1_000);
    if (claimed.length === 0) return all;
    all.push(...claimed);
    await Promise.all(claimed.map((mail) => engine.mails.settle(mail, { status: 'sent', answer: '250' })));
  }
}

describe('queueing', () => {
  test('10,000 invitations are one statement, and the same ones again are none', async () => {
    const orgId = await newOrganisation(engine);
    const mails = Array.from({ length: 10_000 }, (_, index) => invitation(orgId, index));
    const before = performance.now();
    expect(accepted(await engine.mails.enqueue(mails))).toBe(10_000);
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(accepted(await engine.mails.enqueue(mails.slice(0, 50)))).toBe(0);
    await superuser`DELETE FROM app.mails`;
  });

  test('a key counts within its organisation, and within those of none', async () => {
    const [a, b] = [await newOrganisation(engine), await newOrganisation(engine)];
    expect(accepted(await engine.mails.enqueue([invitation(a, 1), invitation(b, 1), invitation(a, 1)]))).toBe(2);
    expect(accepted(await engine.mails.enqueue([magicLink('same'), magicLink('same')]))).toBe(1);
    await settleAll();
  });

  test('within a transaction they are queued if it commits, for its own organisation or none', async () => {
    const [orgId, other] = [await newOrganisation(engine), await newOrganisation(engine)];
    const sql = connect({ url: database.ownerUrl, prepare: true }, 1, 'test');
    const within = (work: (tx: Parameters<typeof enqueueMails>[0]) => Promise<unknown>) =>
      sql.begin(async (tx) => {
        await enterOrganisation(tx, orgId, 5_000, { actor: 'operator', origin: '', requestId: '' });
        await work(tx);
      });
    await within((tx) => enqueueMails(tx, [invitation(orgId, 7), magicLink('within')]));
    const undone = within(async (tx) => {
      await enqueueMails(tx, [invitation(orgId, 8)]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await expect(within((tx) => enqueueMails(tx, [invitation(other, 9)]))).rejects.toThrow('another organisation');
    await sql.end();
    expect((await settleAll()).map(({ to }) => to).sort()).toEqual(['ada@example.org', 'member7@example.org']);
  });

  test.each(['no address', 'a@b\r\nBcc: eve@example.org', 'a@b, c@d', 'Eve <eve@example.org>', '@example.org', ''])(
    'what is no plain address is never queued: %j',
    async (to) => {
      await expect(engine.mails.enqueue([magicLink(randomUUID(), to)])).rejects.toThrow('no usable address');
      expect(accepted(await engine.mails.waiting())).toEqual([]);
    },
  );
});

describe('taking', () => {
  test('each mail goes to one of several senders, those first for which somebody waits', async () => {
    const orgId = await newOrganisation(engine);
    await engine.mails.enqueue(Array.from({ length: 40 }, (_, index) => invitation(orgId, index)));
    await engine.mails.enqueue([magicLink('first')]);
    const [first] = await engine.mails.claim(1);
    expect(first).toMatchObject({ orgId: null, template: 'magic-link', attempt: 1, to: 'ada@example.org' });
    const taken = (await Promise.all([engine.mails.claim(15), engine.mails.claim(15), engine.mails.claim(15)])).flat();
    expect(taken).toHaveLength(40);
    expect(new Set(taken.map(({ mailId }) => mailId)).size).toBe(40);
    expect(taken[0]).toMatchObject({ orgId, subject: 'Einladung von Verein' });
    await superuser`DELETE FROM app.mails`;
  });

  test('a sender that died loses its mail to the next after the lease; its late word counts only if it was sent', async () => {
    await engine.mails.enqueue([magicLink('dies'), magicLink('late')]);
    const lost = await engine.mails.claim(2, 50);
    expect(await engine.mails.claim(2, 50)).toEqual([]);
    await sleep(60);
    const again = await engine.mails.claim(2, 60_000);
    expect(again.map(({ attempt }) => attempt)).toEqual([2, 2]);
    const [one, two] = lost as [ClaimedMail, ClaimedMail];
    expect(await engine.mails.settle(one, { status: 'failed', answer: '550' })).toBe(false);
    expect(await engine.mails.settle(two, { status: 'sent', answer: '250' })).toBe(true);
    expect(await engine.mails.settle({ ...two, attempt: 2 }, { status: 'sent', answer: '250' })).toBe(false);
    expect(await rowOf(one)).toMatchObject({ status: 'sending', settled_at: null });
    expect(await rowOf(two)).toMatchObject({ status: 'sent', data: null });
    await superuser`DELETE FROM app.mails`;
  });

  test('a temporary failure comes again when its time has come, with what it says; an end erases that', async () => {
    await engine.mails.enqueue([magicLink('grey')]);
    const [mail] = (await engine.mails.claim(1)) as [ClaimedMail];
    expect(await engine.mails.settle(mail, { status: 'waiting', answer: '451 later', retryInMs: 80 })).toBe(true);
    expect(await engine.mails.claim(1)).toEqual([]);
    await sleep(100);
    const [again] = (await engine.mails.claim(1)) as [ClaimedMail];
    expect(again).toMatchObject({ mailId: mail.mailId, attempt: 2, text: mail.text });
    expect(await engine.mails.settle(again, { status: 'failed', answer: '550 no such user' })).toBe(true);
    expect(await rowOf(mail)).toMatchObject({ status: 'failed', data: null, answer: '550 no such user', attempts: 2 });
  });

  test('a link that no longer works is not sent; tidying erases it, and forgets settled mails after their time', async () => {
    await engine.mails.enqueue([magicLink('old'), magicLink('older')]);
    await superuser`UPDATE app.mails SET expires_at = clock_timestamp() WHERE key IN ('old', 'older')`;
    expect(await engine.mails.claim(10)).toEqual([]);
    await engine.mails.tidy();
    expect(await superuser`SELECT status, data FROM app.mails WHERE key IN ('old', 'older')`).toEqual([
      { status: 'expired', data: null },
      { status: 'expired', data: null },
    ]);
    await superuser`UPDATE app.mails SET settled_at = settled_at - interval '31 days' WHERE key = 'older'`;
    await engine.mails.tidy();
    expect(await superuser`SELECT key FROM app.mails WHERE key IN ('old', 'older')`).toEqual([{ key: 'old' }]);
  });

  test('a mail of another version that this one cannot write is given up and reported, and holds up no other', async () => {
    await superuser`DELETE FROM app.mails`;
    const reported: unknown[] = [];
    const second = await openEngine(database, { report: (error) => reported.push(error) });
    await engine.mails.enqueue([magicLink('known'), magicLink('unknown')]);
    await superuser`UPDATE app.mails SET template = 'of-the-future' WHERE key = 'unknown'`;
    expect((await second.mails.claim(10)).map(({ template }) => template)).toEqual(['magic-link']);
    expect(String(reported)).toContain('no mail template of-the-future');
    expect(await superuser`SELECT status FROM app.mails WHERE key = 'unknown'`).toEqual([{ status: 'failed' }]);
    await second.close();
  });
});

test('no role of the application reads the table, whatever organisation it names', async () => {
  for (const context of [randomUUID(), '00000000-0000-0000-0000-000000000000']) {
    const reading = app.begin(async (tx) => {
      await tx`SELECT set_config('app.org_id', ${context}, true)`;
      return tx`SELECT data FROM app.mails`;
    });
    await expect(reading).rejects.toThrow('permission denied');
  }
});
