import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { addressProblem } from '../../../engine/index.ts';
import {
  WEBHOOK_PROBLEMS,
  WEBHOOK_REASONS,
  webhookReasonOf,
  webhookSentence,
} from '../../../protocol/webhook-problems.ts';
import { de } from '../../../web/moderate/texts/de.ts';
import { en } from '../../../web/moderate/texts/en.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const PARAMS = { code: 'ECONNREFUSED', status: '503', problem: 'Answered 503.' };

test.each(WEBHOOK_REASONS)('%s: its sentence is read back with what it was filled with', (reason) => {
  const names = [...WEBHOOK_PROBLEMS[reason].matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof typeof PARAMS);
  const params = Object.fromEntries(names.map((name) => [name, PARAMS[name]]));
  expect(webhookReasonOf(webhookSentence(reason, params))).toEqual({ reason, params });
});

test('what SQL writes down, and what addresses are refused for, has its reason', () => {
  const sql = ['engine/deliveries/webhook-queries.ts', 'sql/functions/webhook_queue.sql']
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n');
  const written = [...sql.matchAll(/(?:problem = |THEN |left\()'([A-Z][^']+)'/g)].map(([, text]) => text as string);
  expect(written.length).toBeGreaterThanOrEqual(4);
  for (const sentence of written) {
    const whole = sentence.endsWith(': ') ? `${sentence}Answered 503.` : sentence;
    expect([whole, webhookReasonOf(whole)?.reason]).toEqual([whole, expect.any(String)]);
  }
  for (const address of ['169.254.169.254', '10.0.0.1']) {
    const sentence = `The address ${addressProblem(address, false)}.`;
    expect([sentence, webhookReasonOf(sentence)?.reason]).toEqual([sentence, expect.any(String)]);
  }
});

test.each([
  ['English', en],
  ['German', de],
])('%s has words for each, filled with the same', (_language, words: Readonly<Record<string, string>>) => {
  const given = Object.entries(words).filter(([key]) => key.startsWith('webhooks.problem.'));
  const places = (text: string, form: RegExp) => [...text.matchAll(form)].map(([, name]) => name).sort();
  const wanted = WEBHOOK_REASONS.map((reason) => [
    `webhooks.problem.${reason}`,
    places(WEBHOOK_PROBLEMS[reason], /\{(\w+)\}/g),
  ]);
  expect(given.map(([key, text]) => [key, places(text, /\{\{(\w+)\}\}/g)]).sort()).toEqual(wanted.sort());
});
