import { readFileSync } from 'node:fs';
import type { EngineOptions } from '../engine/index.ts';
import { StartProblem } from '../sql/embedded/index.ts';
import type { Settings } from './settings.ts';

const SECRET_MIN_CHARACTERS = 32;
const OIDC_NAMES = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET_FILE'] as const;

type AccountSettings = Pick<Settings, 'SECRET_KEY_FILE' | (typeof OIDC_NAMES)[number]>;

/**
 * What signing in needs: the server's secrets and the OpenID provider, read from their files.
 * @param publicUrl where people find the pages
 * @throws StartProblem for a file that cannot be read or holds nothing of use, and for a provider that is set by half
 */
export function accountOptionsOf(
  settings: AccountSettings,
  publicUrl: string,
): Pick<EngineOptions, 'publicUrl' | 'secretKeys' | 'oidc'> {
  const { SECRET_KEY_FILE: keyFile } = settings;
  return {
    publicUrl,
    secretKeys: keyFile === undefined ? [] : secretsOf('SECRET_KEY_FILE', keyFile),
    oidc: oidcOf(settings),
  };
}

/** One secret a line, the present one first; older ones still open what they sealed. */
export function secretsOf(name: string, file: string): readonly Buffer[] {
  const lines = linesOf(name, file);
  if (lines.some((line) => line.length < SECRET_MIN_CHARACTERS)) {
    throw new StartProblem(
      `${name}=${file}: a line has fewer than ${SECRET_MIN_CHARACTERS} characters. Make a secret with: openssl rand -base64 32`,
    );
  }
  return lines.map((line) => Buffer.from(line));
}

function oidcOf(settings: AccountSettings): EngineOptions['oidc'] {
  const [issuer, clientId, secretFile] = OIDC_NAMES.map((name) => settings[name]);
  const missing = OIDC_NAMES.filter((name) => settings[name] === undefined);
  if (missing.length === OIDC_NAMES.length) return undefined;
  if (issuer === undefined || clientId === undefined || secretFile === undefined) {
    throw new StartProblem(`${missing.join(' and ')} missing: an OpenID provider needs ${OIDC_NAMES.join(', ')}.`);
  }
  return { issuer, clientId, clientSecret: linesOf('OIDC_CLIENT_SECRET_FILE', secretFile)[0] as string };
}

function linesOf(name: string, file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartProblem(
      `${name}=${file}: cannot be read (${(error as Error).message}). Name a file with the secret.`,
    );
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const given = lines.filter((line) => line !== '');
  if (given.length === 0) throw new StartProblem(`${name}=${file}: is empty. Put the secret into it.`);
  return given;
}
