import { afterAll, expect, test } from 'vitest';
import { readDocument } from '../../loadtest/api/document.ts';
import { askAs } from '../../loadtest/api/fill.ts';
import { harvest } from '../../loadtest/api/harvest.ts';
import { runCampaign } from '../../loadtest/api/schemathesis.ts';
import { schemathesisProgram } from '../../loadtest/fault/tools.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { newKey, serveOrganisations } from '../harness/served-organisations.ts';

/** The same inputs on every run; `npm run fuzz -- --api` takes new ones. */
const SEED = 20_261_121;
/** Beside the examples of the document, for each operation. */
const EXAMPLES = 2;

const database = await freshDatabase();
const [program, served] = await Promise.all([schemathesisProgram(), serveOrganisations(database.ownerUrl)]);
afterAll(() => served.stop());
const { ours, url, engine } = served;
const document = readDocument(await (await fetch(`${url}/openapi.json`)).json());

const ask = askAs(url, ours.keys.admin);
const known = await harvest(document, (address) => ask('GET', address));

/** All requests of all callers; on an idle machine it takes a fifth of this. */
const CAMPAIGN_MS = 240_000;

test('as every role, a person and nobody: each answer of each operation is as documented', {
  timeout: CAMPAIGN_MS,
}, async () => {
  const campaign = await runCampaign(program, {
    ...{ url, known, phases: ['examples', 'fuzzing'], examples: EXAMPLES, seed: SEED },
    caller: { name: 'admin', secret: await newKey(engine, ours.orgId, 'admin') },
    others: [
      { name: 'moderator', secret: await newKey(engine, ours.orgId, 'moderator') },
      { name: 'auditor', secret: await newKey(engine, ours.orgId, 'auditor') },
      { name: 'member', secret: await newKey(engine, ours.orgId, 'member') },
      { name: 'attendee', secret: ours.session },
      { name: 'person', secret: ours.accessToken },
      { name: 'nobody', secret: null },
    ],
  });
  expect(campaign.findings, campaign.explanation).toEqual([]);
  expect(campaign.operations).toBe(document.operations.length);
  expect(campaign.requests).toBeGreaterThan(document.operations.length);
});

test('nothing of all this was a bug', () => {
  expect(served.bugs()).toEqual([]);
});
