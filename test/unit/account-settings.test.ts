import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { accountOptionsOf } from '../../cli/account-settings.ts';
import { parseSettings } from '../../cli/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'psephos-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const optionsOf = (environment: Record<string, string>) =>
  accountOptionsOf(parseSettings(environment), 'https://vote.example');
const SECRET = 'k7pQm2xVb9Ty4RnW8sLd3FgH6jZc1AqE=';

test('nothing set: the database keeps the secret, and there is no provider', () => {
  expect(optionsOf({})).toEqual({ publicUrl: 'https://vote.example', secretKeys: [], oidc: undefined });
});

test('the key file holds one secret a line, the present one first', () => {
  const path = fileWith('two', `${SECRET}\n\n  ${SECRET.toLowerCase()}\r\n`);
  expect(optionsOf({ SECRET_KEY_FILE: path }).secretKeys?.map(String)).toEqual([SECRET, SECRET.toLowerCase()]);
});

test.each([
  ['a short line', `${SECRET}\nshort\n`, 'fewer than 32 characters'],
  ['an empty file', ' \n', 'is empty'],
  ['no file', null, 'cannot be read'],
])('%s stops the start, and the secret is not shown', (name, text, problem) => {
  const path = text === null ? join(folder, 'nowhere') : fileWith(name.replaceAll(' ', '-'), text);
  let message = '';
  try {
    optionsOf({ SECRET_KEY_FILE: path });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain(`SECRET_KEY_FILE=${path}: `);
  expect(message).toContain(problem);
  expect(message).not.toContain(SECRET);
});

test('a provider is set whole or not at all', () => {
  const secretFile = fileWith('oidc', 'the client’s secret\n');
  const whole = {
    OIDC_ISSUER: 'https://login.example',
    OIDC_CLIENT_ID: 'psephos',
    OIDC_CLIENT_SECRET_FILE: secretFile,
  };
  expect(optionsOf(whole).oidc).toEqual({
    issuer: 'https://login.example',
    clientId: 'psephos',
    clientSecret: 'the client’s secret',
  });
  expect(() => optionsOf({ ...whole, OIDC_CLIENT_ID: '' })).toThrow('OIDC_CLIENT_ID missing');
  expect(() => optionsOf({ OIDC_ISSUER: 'https://login.example' })).toThrow(
    'OIDC_CLIENT_ID and OIDC_CLIENT_SECRET_FILE missing',
  );
  expect(() => parseSettings({ OIDC_ISSUER: 'login.example' })).toThrow('OIDC_ISSUER="login.example": not a URL');
});
