import { describe, expect, test } from 'vitest';
import { addressReader, isProxySetting, networkOf } from '../../../gateway/auth/client-address.ts';

const REMOTE = '10.0.0.9';

describe('without trusted proxies', () => {
  test.each([undefined, '0'])('X-Forwarded-For is not looked at (%s)', (setting) => {
    const read = addressReader(setting);
    expect(read(REMOTE, '192.0.2.1')).toBe(REMOTE);
    expect(read('::ffff:192.0.2.7', undefined)).toBe('192.0.2.7');
    expect(read('0000:0000:0000:0000:0000:ffff:c000:0207', undefined)).toBe('192.0.2.7');
  });
});

describe('with a number of proxies', () => {
  test.each([
    ['1', '192.0.2.1', '192.0.2.1'],
    ['1', '203.0.113.5, 192.0.2.1', '192.0.2.1'], // the first was written by the caller
    ['2', '203.0.113.5, 192.0.2.1', '203.0.113.5'],
    ['2', '192.0.2.1', '192.0.2.1'],
    ['1', undefined, REMOTE],
    ['1', 'unknown', REMOTE],
    ['2', '203.0.113.5, , 192.0.2.1', '192.0.2.1'], // nobody vouches for what is before the gap
    ['1', '[2001:db8::1]', '2001:db8::1'],
  ])('%s of %j is %s', (setting, forwarded, expected) => {
    expect(addressReader(setting)(REMOTE, forwarded)).toBe(expected);
  });
});

describe('with trusted networks', () => {
  const read = addressReader('10.0.0.0/8, 2001:db8:ffff::/48');
  test.each([
    [REMOTE, '192.0.2.1', '192.0.2.1'],
    [REMOTE, '203.0.113.5, 192.0.2.1, 10.1.1.1', '192.0.2.1'],
    [REMOTE, '10.2.2.2, 10.1.1.1', '10.2.2.2'], // all of them ours
    ['198.51.100.3', '192.0.2.1', '198.51.100.3'], // no proxy of ours: what it says counts for nothing
    ['2001:db8:ffff::2', '192.0.2.1', '192.0.2.1'],
    ['::ffff:10.0.0.1', '192.0.2.1', '192.0.2.1'],
  ])('%s saying %j is %s', (remote, forwarded, expected) => {
    expect(read(remote, forwarded)).toBe(expected);
  });
});

test('settings are a digit or addresses and networks', () => {
  for (const good of ['0', '1', '9', '10.0.0.1', '10.0.0.0/8', '::1', '10.0.0.0/8,::1/128']) {
    expect(isProxySetting(good)).toBe(true);
  }
  for (const bad of ['10', '-1', 'all', '10.0.0.0/33', '::/129', '10.0.0.0/8,', 'a,b', '10.0.0.256']) {
    expect(isProxySetting(bad)).toBe(false);
  }
});

test('IPv6 counts by the 64 bits that one connection is given, IPv4 whole', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
  expect(networkOf('2001:0db8:0000:0000:1111:2222:3333:4444')).toBe('2001:db8:0:0');
  expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'));
  expect(networkOf('::1')).toBe('0:0:0:0');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
});
