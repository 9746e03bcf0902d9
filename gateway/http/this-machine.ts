import { isIP } from 'node:net';
import type { Origin } from './operation.ts';

/** Headers by which a proxy tells that it asks for somebody else. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(plain) === 4 ? plain.startsWith('127.') : plain === '::1';
}

/**
 * The caller is a person or program on this machine that asked for this machine by name: a page of another site that has
 * made its own name lead here asks for that name, and a proxy says that it is one.
 */
export function isThisMachine(origin: Origin, host: string): boolean {
  const asked = host === 'localhost' || isLoopback(host);
  return asked && isLoopback(origin.address) && FORWARDED.every((name) => origin.header(name) === undefined);
}
