import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRefreshToken, refreshToken } from '../../engine/accounts/refresh-token.ts';
import { SecretRing } from '../../engine/accounts/secret-ring.ts';
import { base32, matchTotp, stepAt, totpCode, totpUri } from '../../engine/accounts/totp.ts';

const SECRET = Buffer.from('12345678901234567890');

// RFC 6238, appendix B, the lines of SHA-1; of their eight digits the last six
test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at %i seconds the code of RFC 6238 is %s', (seconds, code) => {
  expect(totpCode(SECRET, stepAt(seconds * 1_000))).toBe(code.slice(2));
});

test('takes one step of drift either way, and no step again', () => {
  const now = 1_234_567_890_000;
  const step = stepAt(now);
  for (const drift of [-1, 0, 1]) expect(matchTotp(SECRET, totpCode(SECRET, step + drift), now, 0)).toBe(step + drift);
  for (const drift of [-2, 2]) expect(matchTotp(SECRET, totpCode(SECRET, step + drift), now, 0)).toBeNull();
  expect(matchTotp(SECRET, totpCode(SECRET, step), now, step)).toBeNull();
  expect(matchTotp(SECRET, totpCode(SECRET, step - 1), now, step)).toBeNull();
  expect(matchTotp(SECRET, totpCode(SECRET, step + 1), now, step)).toBe(step + 1);
});

// RFC 4648, section 10, without padding
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %j is %s', (text, coded) => {
  expect(base32(Buffer.from(text))).toBe(coded);
});

test('the address of the QR code names issuer and account', () => {
  expect(totpUri(SECRET, 'ada@example.org')).toBe(
    'otpauth://totp/Psephos%3Aada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Psephos&algorithm=SHA1&digits=6&period=30',
  );
});

const ring = new SecretRing([Buffer.alloc(32, 1)]);

test('what is sealed opens in its place only, under any secret of the ring, and unchanged only', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(), (plain, place) => {
      const sealed = ring.seal(plain, 'totp a');
      expect(ring.open(sealed, 'totp a')).toEqual(Buffer.from(plain));
      expect(ring.open(sealed, 'totp b')).toBeNull();
      expect(new SecretRing([Buffer.alloc(32, 2), Buffer.alloc(32, 1)]).open(sealed, 'totp a')).toEqual(
        Buffer.from(plain),
      );
      expect(new SecretRing([Buffer.alloc(32, 2)]).open(sealed, 'totp a')).toBeNull();
      const changed = Buffer.from(sealed);
      changed[place % changed.length] = (changed[place % changed.length] as number) ^ 1;
      expect(ring.open(changed, 'totp a')).toBeNull();
    }),
  );
});

test('a refresh token says what it was made of; with any bit changed it is none', () => {
  const ids = fc.tuple(fc.uuid(), fc.uuid(), fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.nat());
  fc.assert(
    fc.property(ids, ([accountId, sessionId, generation, place]) => {
      const claim = { accountId, sessionId, generation };
      const token = refreshToken(ring, claim);
      expect(refreshToken(ring, claim)).toBe(token);
      expect(readRefreshToken(ring, token)).toEqual(claim);
      const bytes = Buffer.from(token.slice(4), 'base64url');
      bytes[place % bytes.length] = (bytes[place % bytes.length] as number) ^ 1;
      expect(readRefreshToken(ring, `psr_${bytes.toString('base64url')}`)).toBeNull();
    }),
  );
});
