import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { migrate } from '../../sql/migrate.ts';
import { emptyDatabase } from '../harness/postgres.ts';
import { SqlFolder } from '../harness/sql-folder.ts';
import { connectAs } from '../harness/urn.ts';

/** What a migration itself calls. */
const KEPT = ['log_partitions.sql', 'month_partitions.sql'];

/** sql/ as it was before migration 0014, of the functions only what a migration itself needs. */
function before0014(): SqlFolder {
  const folder = new SqlFolder();
  for (const file of readdirSync('sql/migrations')) if (file >= '0014') folder.remove(`migrations/${file}`);
  for (const file of readdirSync('sql/functions')) {
    if (!KEPT.includes(file)) folder.remove(`functions/${file}`);
  }
  const later =
    'CREATE OR REPLACE FUNCTION app.make_audit_partitions(p_ahead integer) RETURNS integer LANGUAGE sql AS $$ SELECT 0 $$;';
  folder.write('functions/audit_partitions.sql', `SET LOCAL ROLE psephos_owner;\n${later}\n`);
  return folder;
}

test('what 0014 finds: keys get the person behind them, waiting counts too, pictures that are named stay', async () => {
  const { ownerUrl } = await emptyDatabase();
  await migrate(ownerUrl, { folder: before0014().url });
  const sql = connectAs(ownerUrl, null);
  try {
    const [orgId, ann, annsKey, madeByIt, operators, ofOperators, fileKey] = Array.from({ length: 7 }, () =>
      randomUUID(),
    ) as [...[string, string, string, string, string, string, string]];
    const ofStore = `${randomUUID().slice(0, 14)}8abc-a${randomUUID().slice(20)}`;
    await sql`INSERT INTO app.organisations (org_id, name) VALUES (${orgId}, 'Test')`;
    await sql`INSERT INTO app.members (org_id, member_id, number, name) VALUES (${orgId}, ${ann}, '1', 'Ann')`;
    const keys = [
      [annsKey, ann],
      [madeByIt, annsKey],
      [operators, null],
      [ofOperators, operators],
      [fileKey, ofStore],
    ] as const;
    for (const [keyId, maker] of keys) {
      await sql`INSERT INTO app.api_keys (org_id, key_id, name, secret_hash, roles, created_by)
        VALUES (${orgId}, ${keyId}, 'Key', ${randomBytes(32)}, '{admin}'::text[], ${maker})`;
    }
    const pictures = Array.from({ length: 3 }, () => randomUUID()) as [string, string, string];
    for (const id of pictures) {
      await sql`INSERT INTO app.pictures (org_id, picture_id, content, width, height, created_by)
        VALUES (${orgId}, ${id}, 'x', 1, 1, 'ann')`;
    }
    const optionOf = (picture: string) =>
      sql.json([
        { id: 'a', title: 'A', picture },
        { id: 'b', title: 'B' },
      ]);
    await sql`INSERT INTO app.elections (org_id, election_id, title, method, options, rules, secrecy, visibility, roll, secret_step, changed_pos)
      VALUES (${orgId}, ${randomUUID()}, 'Q', '{}', ${optionOf(pictures[0])}, '{}', 'secret', 'live', 'tokens', 3, 1)`;
    await sql`INSERT INTO app.election_templates (org_id, template_id, name, election, created_by)
      VALUES (${orgId}, ${randomUUID()}, 'T', ${sql.json({ options: [{ id: 'a', title: 'A', picture: pictures[1] }] })}, 'ann')`;
    const enter = async (by: string, confirmed = false) => {
      const batch = randomUUID();
      await sql`INSERT INTO urn.paper_batch (org_id, election_id, batch_id, label, ballots, form, keys, figures, entered_by, confirmed_by, confirmed_at)
        VALUES (${orgId}, ${randomUUID()}, ${batch}, 'Box', 1, 'totals', '{}', '{}', ${by},
          ${confirmed ? 'bob' : null}, ${confirmed ? new Date() : null})`;
      return batch;
    };
    const waiting = [await enter(madeByIt), await enter(ofOperators), await enter(ofStore), await enter(ann)];
    const over = await enter(madeByIt, true);

    await migrate(ownerUrl);

    const makers = await sql<{ key_id: string; maker_id: string | null }[]>`SELECT key_id, maker_id FROM app.api_keys`;
    expect(Object.fromEntries(makers.map((row) => [row.key_id, row.maker_id]))).toEqual({
      [annsKey]: ann,
      [madeByIt]: ann,
      [operators]: null,
      [ofOperators]: null,
      [fileKey]: null,
    });
    const used = await sql<{ picture_id: string }[]>`SELECT picture_id FROM app.pictures WHERE used_at IS NOT NULL`;
    expect(used.map((row) => row.picture_id).sort()).toEqual(pictures.slice(0, 2).sort());
    const enteredBy = async (batch: string) =>
      (await sql`SELECT entered_by FROM urn.paper_batch WHERE batch_id = ${batch}`)[0]?.entered_by;
    expect(await Promise.all(waiting.map(enteredBy))).toEqual([ann, 'operator', 'operator', ann]);
    expect(await enteredBy(over)).toBe(madeByIt);
  } finally {
    await sql.end();
  }
});
