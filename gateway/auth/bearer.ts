import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

/** Long enough for every secret we make, access tokens included; a longer one is a mistake and is not worth hashing. */
const SECRET = /^[\x21-\x7e]{1,2048}$/;

/** The secret of `Authorization: Bearer …`. Refuses `unauthenticated` where it is missing or written otherwise. */
export function bearerSecret(authorization: string | undefined): Outcome<string> {
  if (authorization === undefined || authorization === '') {
    return refuse('unauthenticated', 'Sign in first: send your key as Authorization: Bearer …', {
      details: { reason: 'missing' },
    });
  }
  const [scheme = '', secret = '', ...rest] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'bearer' || rest.length > 0 || !SECRET.test(secret)) {
    return refuse('unauthenticated', 'Write the header as Authorization: Bearer, one blank, then your key.', {
      details: { reason: 'malformed' },
    });
  }
  return accept(secret);
}
