import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { protocolDocs } from '../../../gateway/docs/index.ts';

const FOLDER = resolve(import.meta.dirname, '../../../docs');

test.each(Object.entries(protocolDocs()))('docs/%s is what npm run docs writes', (name, text) => {
  expect(readFileSync(resolve(FOLDER, name), 'utf8')).toBe(text);
});
