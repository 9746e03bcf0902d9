import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DICTIONARY_FILE, renderDataDictionary, undescribed } from '../../sql/data-dictionary.ts';
import { migrate } from '../../sql/migrate.ts';
import { renderSchema, SNAPSHOT_FILE } from '../../sql/snapshot.ts';
import { emptyDatabase } from '../harness/postgres.ts';

const { ownerUrl } = await emptyDatabase();
await migrate(ownerUrl);

test('sql/schema.sql is what the migrations make', async () => {
  const made = await renderSchema(ownerUrl);
  expect(readFileSync(SNAPSHOT_FILE, 'utf8'), 'run `npm run docs` and look at what changed').toBe(made);
});

test('docs/data-dictionary.md says what the comments say', async () => {
  const made = await renderDataDictionary(ownerUrl);
  expect(readFileSync(DICTIONARY_FILE, 'utf8'), 'run `npm run docs` and look at what changed').toBe(made);
});

test('every schema, table and column has a comment', async () => {
  expect(await undescribed(ownerUrl), 'add COMMENT ON for each of them to its migration').toEqual([]);
});
