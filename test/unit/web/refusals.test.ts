import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../../protocol/errors.ts';
import { FIELD_PROBLEMS, type FieldReason } from '../../../protocol/field-problems.ts';
import { REFUSAL_REASONS } from '../../../protocol/refusal-reasons.ts';
import { CODE_KEYS } from '../../../web/ui/refusal-codes.ts';
import { de } from '../../../web/ui/refusals/de.ts';
import { en } from '../../../web/ui/refusals/en.ts';
import { de as sharedDe } from '../../../web/ui/texts/de.ts';
import { en as sharedEn } from '../../../web/ui/texts/en.ts';

type Texts = Readonly<Record<string, string>>;
const CATALOGUES: readonly [string, Texts, Texts][] = [
  ['English', en, sharedEn],
  ['German', de, sharedDe],
];
const REASONS = Object.keys(FIELD_PROBLEMS) as FieldReason[];

const placesIn = (text: string, form: RegExp) => [...text.matchAll(form)].map(([, name]) => name as string);

test.each(CATALOGUES)('%s has words for every error code', (_language, _words, shared) => {
  expect(Object.keys(CODE_KEYS).sort()).toEqual([...Object.keys(ERROR_CODES), 'UNREACHABLE'].sort());
  const without = Object.entries(CODE_KEYS).filter(([, key]) => !(key in shared) && !(`${key}_other` in shared));
  expect(without).toEqual([]);
});

test.each(CATALOGUES)('%s has words for every reason of a refusal and of a field, and for no others', (_, words) => {
  const wanted = [...REFUSAL_REASONS.map((name) => `reason.${name}`), ...REASONS.map((name) => `field.${name}`)];
  expect(Object.keys(words).sort()).toEqual(wanted.sort());
  expect(Object.entries(words).filter(([, text]) => text.trim() === '')).toEqual([]);
});

test.each(CATALOGUES)('%s fills its words with what the gateway sends of a field, and nothing else', (_, words) => {
  const unknown = REASONS.flatMap((reason) => {
    const sent = placesIn(FIELD_PROBLEMS[reason], /\{(\w+)\}/g);
    const used = placesIn(words[`field.${reason}`] ?? '', /\{\{(\w+)\}\}/g);
    return used.filter((name) => !sent.includes(name)).map((name) => `${reason}: ${name}`);
  });
  expect(unknown).toEqual([]);
  expect(REFUSAL_REASONS.filter((reason) => /\{\{/.test(words[`reason.${reason}`] ?? ''))).toEqual([]);
});

test('the German words are German: none is the English sentence', () => {
  const same = Object.entries(de).filter(([key, text]) => (en as Texts)[key] === text);
  expect(same).toEqual([]);
});
