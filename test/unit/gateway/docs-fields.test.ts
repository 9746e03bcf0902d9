import { expect, test } from 'vitest';
import { fieldsOf } from '../../../gateway/docs/schema.ts';

const text = { type: 'string' } as const;

test('a choice that one field tells apart shows each variant’s own fields and whether they are required', () => {
  const of = (name: string, settings: object) => ({
    type: 'object',
    properties: { method: { const: name }, settings: { type: 'object', ...settings } },
    required: ['method', 'settings'],
  });
  const schema = {
    oneOf: [
      of('irv', { properties: {} }),
      of('points', {
        properties: { total: { type: 'integer', description: 'To spread.' }, min: text },
        required: ['total'],
      }),
    ],
  };
  expect(fieldsOf(schema).map(({ name, required, description }) => [name, required, description])).toEqual([
    ['method', true, ''],
    ['settings', true, 'method irv'],
    ['settings', true, 'method points'],
    ['settings.total', true, 'method points: To spread.'],
    ['settings.min', false, 'method points'],
  ]);
  expect(fieldsOf(schema)[0]?.type).toBe('"irv" | "points"');
});

test('any other choice shows the fields of each branch', () => {
  const schema = {
    anyOf: [
      { type: 'object', properties: { share: text }, required: ['share'] },
      { type: 'object', properties: { number: text }, required: ['number'] },
    ],
  };
  expect(fieldsOf(schema).map(({ name }) => name)).toEqual(['share', 'number']);
});
