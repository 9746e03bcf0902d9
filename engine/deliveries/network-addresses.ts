import { BlockList, isIP } from 'node:net';
import type { FieldSentence } from '../../protocol/field-problems.ts';

/**
 * Which addresses a webhook may lead to. Somebody who may name a webhook must not reach by it what only this server can
 * reach: its own services, its network, the metadata service of its cloud.
 */

const list = (v4: readonly string[], v6: readonly string[]): BlockList => {
  const blocked = new BlockList();
  const add = (range: string, family: 'ipv4' | 'ipv6') => {
    const [address, bits] = range.split('/') as [string, string];
    blocked.addSubnet(address, Number(bits), family);
  };
  for (const range of v4) add(range, 'ipv4');
  for (const range of v6) add(range, 'ipv6');
  return blocked;
};

/** No other system can live here, or what lives here is no webhook: link-local (metadata services), multicast, reserved. */
const NEVER = list(
  ['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.88.99.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // translated and tunnelled forms could lead anywhere: NAT64, discard, Teredo and its kin, 6to4
  [
    '::/128',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2002::/16',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
    'fd00:ec2::/32',
  ],
);

/** This machine, private networks, shared and documentation ranges. */
const PRIVATE = list(
  [
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.0.2.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
  ],
  ['::1/128', '2001:db8::/32', 'fc00::/7'],
);

/** An IPv4 address in IPv6 clothes is looked at as what it is: ::ffff:127.0.0.1, ::7f00:1. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  // the URL parser writes every form of an address in the one canonical way
  const canonical = URL.parse(`http://[${address.replace(/%.*$/, '')}]`)?.hostname.slice(1, -1) ?? address;
  const match = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (match === null) return canonical;
  const [high, low] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * Why nothing may be sent to an IP address, or null.
 * @param allowPrivate addresses of this machine and of private networks are fine; link-local ones never are
 */
export function addressProblem(address: string, allowPrivate: boolean): FieldSentence | null {
  const plain = unmapped(address);
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(plain) === 0 || NEVER.check(plain, family)) return 'leads to an address that no webhook may have';
  if (!allowPrivate && PRIVATE.check(plain, family)) return 'leads into a private network, where webhooks may not go';
  return null;
}

/** The same for the host of a URL where it is an address itself; names are looked up when something is sent. */
export function literalHostProblem(url: string, allowPrivate: boolean): FieldSentence | null {
  const host = (URL.parse(url)?.hostname ?? '').replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return addressProblem(host, allowPrivate);
  const ours = /(?:^|\.)localhost\.?$/i.test(host);
  return ours && !allowPrivate ? 'leads into a private network, where webhooks may not go' : null;
}
