import { randomBytes } from 'node:crypto';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';

/** RFC 6455, section 5.2 */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface FrameShape {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  /** RSV1 to RSV3 as bits 0x40, 0x20, 0x10 */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** the length that is claimed; that of the payload if left out */
  readonly length?: bigint;
}

/** A frame of a client as it goes over the wire, right or wrong. */
export function frameBytes({ opcode, payload, fin = true, reserved = 0, masked = true, length }: FrameShape): Buffer {
  const size = length ?? BigInt(payload.length);
  const first = (fin ? FIN : 0) | reserved | opcode;
  const mask = masked ? MASKED : 0;
  let head: Buffer;
  if (size < LENGTH_16) head = Buffer.from([first, mask | Number(size)]);
  else if (size < 65_536n) {
    head = Buffer.from([first, mask | LENGTH_16, 0, 0]);
    head.writeUInt16BE(Number(size), 2);
  } else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = mask | LENGTH_64;
    head.writeBigUInt64BE(BigInt.asUintN(64, size), 2);
  }
  // a mask of zeros leaves the payload as it is, and is as good as any other to the server
  return masked ? Buffer.concat([head, Buffer.alloc(4), payload]) : Buffer.concat([head, payload]);
}

/** A good upgrade request. */
export function upgradeRequest(): string {
  return [
    'GET / HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    '\r\n',
  ].join('\r\n');
}

/** Takes frames of a server (never masked, never in fragments here) out of a stream. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with this chunk. */
  take(chunk: Buffer): { readonly opcode: number; readonly payload: Buffer }[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames = [];
    for (;;) {
      const head = this.#rest;
      const [first = 0, second = 0] = head;
      let start = 2;
      let size = second & 0x7f;
      if (size === LENGTH_16) start = 4;
      else if (size === LENGTH_64) start = 10;
      if (head.length < start) return frames;
      if (start === 4) size = head.readUInt16BE(2);
      else if (start === 10) size = Number(head.readBigUInt64BE(2));
      if (head.length < start + size) return frames;
      frames.push({ opcode: first & 0x0f, payload: head.subarray(start, start + size) });
      this.#rest = head.subarray(start + size);
    }
  }
}
