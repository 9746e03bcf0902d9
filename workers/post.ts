import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressProblem } from '../engine/index.ts';

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** over all: looking the name up, connecting, and the answer's first bytes */
  readonly timeoutMs: number;
  /** addresses of this machine and of private networks are fine */
  readonly allowPrivate: boolean;
  /** ends it early */
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  /** the answer's beginning as text, at most 1,024 bytes */
  readonly excerpt: string;
}

/** Nothing was sent, and the message says why in words for an administrator: 'leads into a private network …'. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Of an answer this much is kept; the rest is not even read. */
const EXCERPT_BYTES = 1_024;

/** Where the host leads to. One address that is refused refuses them all: the name's owner chooses which one is used. */
async function allowedAddresses(host: string, allowPrivate: boolean): Promise<readonly LookupAddress[]> {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  const found = family === 0 ? await lookup(host, { all: true }) : [{ address: literal, family }];
  for (const { address } of found) {
    const problem = addressProblem(address, allowPrivate);
    if (problem !== null) throw new AddressRefused(problem);
  }
  return found;
}

/** The connection goes to what was looked at, whatever the name says a moment later. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses as [LookupAddress];
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** What an answer says, as a database and a page can take it: whole characters, no control signs but line breaks. */
function readable(bytes: Buffer): string {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, EXCERPT_BYTES), { stream: true });
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '').replaceAll('\ufffd', '?');
}

function readAnswer(response: http.IncomingMessage): Promise<PostAnswer> {
  const status = response.statusCode ?? 0;
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const done = () => {
      response.destroy();
      resolve({ status, excerpt: readable(Buffer.concat(parts)) });
    };
    response.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size >= EXCERPT_BYTES) done();
    });
    response.on('end', done);
    response.on('error', reject);
  });
}

/**
 * Posts to an address that somebody else has named. Follows no redirect, keeps no connection, reads no more of the answer
 * than it keeps.
 * @throws AddressRefused, or the network's error; TimeoutError after `timeoutMs`
 */
export async function post(request: PostRequest): Promise<PostAnswer> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs)]);
  const url = new URL(request.url);
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  ended.catch(() => {}); // heard of below, or too late to matter
  const addresses = await Promise.race([allowedAddresses(url.hostname, request.allowPrivate), ended]);
  const answered = new Promise<PostAnswer>((resolve, reject) => {
    const transport = url.protocol === 'https:' ? https : http;
    const outgoing = transport.request(url, {
      method: 'POST',
      headers: { ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) },
      lookup: pinned(addresses),
      agent: false,
      signal,
    });
    outgoing.on('response', (response) => readAnswer(response).then(resolve, reject));
    outgoing.on('error', reject);
    outgoing.end(request.body);
  });
  return Promise.race([answered, ended]);
}
