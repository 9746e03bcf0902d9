import { expect, test } from 'vitest';
import { z } from 'zod';
import { allOperations } from '../../../gateway/http/app.ts';
import { checkShape } from '../../../gateway/http/input.ts';
import { FIELD_PROBLEMS, type FieldReason, reasonOf } from '../../../protocol/field-problems.ts';
import { socketOperations } from '../../../protocol/frames.ts';
import { textProblem } from '../../../protocol/text.ts';
import { webhookUrlProblem } from '../../../protocol/webhooks.ts';

const REASONS = Object.keys(FIELD_PROBLEMS) as FieldReason[];

test.each(REASONS)('%s is told by its sentence alone, with what it was filled with', (reason) => {
  const names = [...FIELD_PROBLEMS[reason].matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const params = Object.fromEntries(names.map((name, i) => [name, String(7 + i)]));
  const sentence = FIELD_PROBLEMS[reason].replace(/\{(\w+)\}/g, (_, name: string) => params[name] as string);
  expect(reasonOf(sentence)).toEqual({ reason, params });
});

/** Every sentence of its own that a schema holds, however deep. */
function sentencesIn(schema: unknown, seen = new Set<unknown>()): string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  const inner = '_zod' in schema ? (schema as { _zod: { def: object } })._zod.def : schema;
  const own =
    'error' in inner && typeof inner.error === 'function' ? [inner.error({ code: 'custom', input: undefined })] : [];
  const shape = inner as { shape?: object };
  const parts = [...Object.values(inner), ...Object.values(shape.shape ?? {})];
  return [...own.filter((text) => typeof text === 'string'), ...parts.flatMap((part) => sentencesIn(part, seen))];
}

test('every sentence of the schemas stands in the table', () => {
  const schemas = [
    ...allOperations({ socketUrl: () => '', draining: () => false }).flatMap(({ params, query, body }) => [
      params,
      query,
      body,
    ]),
    ...Object.values(socketOperations).map(({ request }) => request),
  ];
  const sentences = [...new Set(schemas.flatMap((schema) => sentencesIn(schema)))];
  expect(sentences.length).toBeGreaterThan(20); // they were found
  expect(sentences.filter((sentence) => reasonOf(sentence) === null)).toEqual([]);
});

test.each([
  [z.string(), 5, 'of_another_kind'],
  [z.string().min(3), 'ab', 'too_short'],
  [z.string().max(3), 'abcd', 'too_long'],
  [z.int().min(3), 2, 'too_small'],
  [z.int().max(3), 4, 'too_large'],
  [z.int(), 1.5, 'of_another_kind'],
  [z.array(z.string()).min(1), [], 'too_few'],
  [z.array(z.string()).max(1), ['a', 'b'], 'too_many'],
  [z.enum(['a', 'b']), 'c', 'not_allowed_value'],
  [z.literal('a'), 'c', 'not_the_value'],
  [z.uuid(), 'x', 'no_id'],
  [z.iso.datetime(), 'x', 'no_moment'],
  [z.string().regex(/^a$/), 'x', 'not_of_the_form'],
  [z.union([z.string(), z.int()]), true, 'of_no_known_shape'],
  [z.number().positive(), 0, 'not_above'],
])('what zod says of itself is in the table: %#', (schema, value, reason) => {
  const checked = checkShape(z.strictObject({ field: schema as z.ZodType }), { field: value });
  const [first] = checked.ok ? [] : (checked.failure.details?.fields ?? []);
  expect(reasonOf(first?.problem ?? '')?.reason).toBe(reason);
});

test('sentences that functions make are in the table too', () => {
  const made = [
    textProblem('\u0000'),
    textProblem('\ud800'),
    ...['x', 'http://a.example', 'https://a:b@c.example', 'https://a.example/#b'].map(webhookUrlProblem),
  ];
  expect(made.map((sentence) => reasonOf(sentence ?? '')?.reason)).toEqual([
    'holds_nul',
    'holds_half_a_pair',
    'no_address',
    'not_https',
    'holds_password',
    'holds_fragment',
  ]);
});
