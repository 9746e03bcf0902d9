import asyncApiSpecs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { asyncApiDocument } from '../../../gateway/socket/asyncapi.ts';
import { socketOperations, topicMessages } from '../../../protocol/frames.ts';
import { SUBPROTOCOL } from '../../../protocol/subprotocol.ts';

const document = asyncApiDocument();

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
}

function at(pointer: string): unknown {
  return pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], document);
}

test('is an AsyncAPI 3.0 document by the official schema', () => {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const { schemasWithoutId } = asyncApiSpecs as unknown as { schemasWithoutId: Record<string, object> };
  const validate = ajv.compile(schemasWithoutId['3.0.0'] as object);
  validate(structuredClone(document));
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ ...document, operations: { cast: { action: 'shout' } } })).toBe(false);
});

test('every reference leads somewhere', () => {
  const refs = refsIn(document);
  expect(refs.length).toBeGreaterThan(40);
  expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
});

test('every operation, reply and message of the protocol is in it', () => {
  const names = Object.keys(document.components.messages);
  for (const name of Object.keys(socketOperations))
    expect(names).toEqual(expect.arrayContaining([name, `${name}Reply`]));
  for (const name of Object.keys(topicMessages)) expect(names).toContain(name);
  expect(document.info.description).toContain(SUBPROTOCOL);
});

test('examples fit the schemas they stand beside', () => {
  for (const [name, { request }] of Object.entries(socketOperations)) {
    const example = request.meta()?.example;
    expect(example, name).toBeDefined();
    expect(request.safeParse(example).error).toBeUndefined();
  }
});
