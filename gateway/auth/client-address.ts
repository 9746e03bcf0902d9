import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Who sent a request, as far as it can be believed.
 * @param remote the connection's other end
 * @param forwarded X-Forwarded-For as it came, undefined without
 */
export type AddressReader = (remote: string, forwarded: string | undefined) => string;

const IPV6_GROUPS = 8;

/** The eight groups of an IPv6 address as numbers; '::' stands for as many zeros as are missing. */
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address.replace(/%.*$/, ''));
  const pairs = dotted?.slice(2).map(Number) as [number, number, number, number] | undefined;
  const text =
    pairs === undefined
      ? address.replace(/%.*$/, '')
      : `${dotted?.[1]}${(pairs[0] * 256 + pairs[1]).toString(16)}:${(pairs[2] * 256 + pairs[3]).toString(16)}`;
  const [head = '', tail] = text.split('::');
  const part = (groups: string | undefined) =>
    groups === undefined || groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [part(head), part(tail)];
  return [...left, ...Array(Math.max(0, IPV6_GROUPS - left.length - right.length)).fill(0), ...right];
}

/** '::ffff:192.0.2.1', in whichever spelling, is how a socket that takes both families names 192.0.2.1. */
function plain(address: string): string {
  const bare = address.trim().replace(/^\[|\]$/g, '');
  if (!isIPv6(bare)) return bare;
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}` : bare;
}

/** What stands in X-Forwarded-For, nearest last; what is no address ends the list: nobody vouches for what is before it. */
function chainOf(forwarded: string | undefined): string[] {
  if (forwarded === undefined) return [];
  const entries = forwarded.split(',').map(plain);
  const broken = entries.findLastIndex((entry) => isIP(entry) === 0);
  return entries.slice(broken + 1);
}

const PROXY = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/;

function blockListOf(list: string): BlockList | null {
  const trusted = new BlockList();
  for (const part of list.split(',')) {
    const match = PROXY.exec(part.trim());
    const address = plain(match?.[1] ?? '');
    const family = isIP(address);
    const bits = match?.[2] === undefined ? undefined : Number(match[2]);
    if (family === 0 || (bits ?? 0) > (family === 4 ? 32 : 128)) return null;
    if (bits === undefined) trusted.addAddress(address, family === 4 ? 'ipv4' : 'ipv6');
    else trusted.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return trusted;
}

/** The number of proxies, e.g. '1', or their addresses and networks, e.g. '10.0.0.0/8,::1'. */
export function isProxySetting(setting: string): boolean {
  return /^\d$/.test(setting) || blockListOf(setting) !== null;
}

/**
 * Reads addresses as the setting TRUSTED_PROXIES says. Without it X-Forwarded-For is not looked at: anybody may write it.
 * With a number, so many proxies have each added the address that they saw. With networks, the first address that is not
 * one of them, seen from here.
 */
export function addressReader(setting?: string): AddressReader {
  if (setting === undefined || setting === '0') return (remote) => plain(remote);
  if (/^\d$/.test(setting)) {
    const hops = Number(setting);
    return (remote, forwarded) => {
      const chain = [...chainOf(forwarded), plain(remote)];
      return chain[Math.max(0, chain.length - 1 - hops)] as string;
    };
  }
  const trusted = blockListOf(setting);
  if (trusted === null) throw new Error('TRUSTED_PROXIES is neither a number nor a list of addresses');
  const isTrusted = (address: string) => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return (remote, forwarded) => {
    const chain = [...chainOf(forwarded), plain(remote)];
    return chain.findLast((address) => !isTrusted(address)) ?? (chain[0] as string);
  };
}

/** What one household or phone has: an IPv4 address, or the first 64 bits of an IPv6 one, of which it may use any. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  return groupsOf(address)
    .slice(0, IPV6_GROUPS / 2)
    .map((group) => group.toString(16))
    .join(':');
}
