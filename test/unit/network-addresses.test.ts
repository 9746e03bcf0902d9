import { describe, expect, test } from 'vitest';
import { addressProblem, literalHostProblem } from '../../engine/deliveries/network-addresses.ts';
import { webhookUrlProblem } from '../../protocol/webhooks.ts';

const PRIVATE = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '198.18.0.1',
  '203.0.113.7',
  '::1',
  'fc00::1',
  'fdff::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:a00:1',
  '::7f00:1',
];
const NEVER = [
  '0.0.0.0',
  '169.254.169.254',
  '169.254.0.1',
  '192.0.0.192',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fd00:ec2::254',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:0:1::1',
  '::ffff:169.254.169.254',
  'not an address',
  '',
];
const PUBLIC = ['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1'];

describe('where a webhook may lead', () => {
  test.each(PRIVATE)('%s is private', (address) => {
    expect(addressProblem(address, false)).toContain('private network');
    expect(addressProblem(address, true)).toBeNull();
  });

  test.each(NEVER)('%s is for no webhook, whatever is allowed', (address) => {
    expect(addressProblem(address, false)).toContain('no webhook may have');
    expect(addressProblem(address, true)).not.toBeNull();
  });

  test.each(PUBLIC)('%s is fine', (address) => {
    expect(addressProblem(address, false)).toBeNull();
  });

  test.each([
    ['https://127.1/', true],
    ['https://0x7f000001/', true],
    ['https://2130706433/', true],
    ['https://0177.0.0.1/', true],
    ['https://[::ffff:127.0.0.1]/', true],
    ['https://localhost/', true],
    ['https://members.localhost./', true],
    ['https://169.254.169.254/latest/meta-data', true],
    ['https://members.example/', false],
    ['https://localhost.example/', false],
  ])('%s names one itself: %s', (url, refused) => {
    expect(literalHostProblem(url, false) !== null).toBe(refused);
  });
});

describe('what a webhook may be called', () => {
  test.each([
    ['https://members.example/hooks?key=1', null],
    ['http://127.0.0.1:9000/hooks', null],
    ['http://localhost:9000/hooks', null],
    ['http://[::1]:9000/hooks', null],
    ['http://members.example/hooks', 'must begin with https'],
    ['http://127.0.0.1.example/hooks', 'must begin with https'],
    ['ftp://members.example/', 'must begin with https'],
    ['javascript:alert(1)', 'must begin with https'],
    ['https://user:secret@members.example/', 'user name'],
    ['https://members.example/#part', 'behind #'],
    ['members.example/hooks', 'is no address'],
    ['https://', 'is no address'],
  ])('%s: %s', (url, problem) => {
    if (problem === null) expect(webhookUrlProblem(url)).toBeNull();
    else expect(webhookUrlProblem(url)).toContain(problem);
  });
});
