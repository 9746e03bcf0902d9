import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { SUBPROTOCOL } from '../../../protocol/subprotocol.ts';

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;
const OPEN_TIMEOUT_MS = 10_000;
/** Every socket of the process reads into the same memory: a read is taken apart before the next one happens. */
const SHARED = Buffer.allocUnsafe(256 * 1024);
const NOTHING = Buffer.alloc(0);

/** Told of each text frame; the bytes are good only until it returns. */
export type OnText = (socket: RawSocket, bytes: Buffer, from: number, upto: number) => void;

export interface RawSocketEvents {
  readonly onText: OnText;
  /** after all frames of one read */
  readonly onReadEnd?: (socket: RawSocket) => void;
  readonly onClose?: (socket: RawSocket, reason: string) => void;
}

/** A client frame of text. The mask is zero, which the protocol allows: hiding bytes from proxies is no aim here. */
export function textFrame(text: string): Buffer {
  return frame(TEXT, Buffer.from(text));
}

function frame(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const extended = length < 126 ? 0 : 2;
  if (length > 0xffff) throw new RangeError('a frame of the bench has at most 65,535 bytes');
  const head = Buffer.alloc(2 + extended + MASK_BYTES);
  head[0] = FINAL | opcode;
  head[1] = MASKED | (extended === 0 ? length : 126);
  if (extended > 0) head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}

/**
 * The client's side of a WebSocket and no more: it shares two cores with what it measures, and a library would cost
 * several times of this. Frames go out as prepared bytes and come in as bytes of the socket's own memory.
 */
export class RawSocket {
  /** its place among the sockets of the process */
  readonly number: number;
  readonly #socket: Socket;
  readonly #events: RawSocketEvents;
  #rest: Buffer = NOTHING;
  #upgraded: ((error?: Error) => void) | undefined;

  private constructor(url: string, number: number, events: RawSocketEvents, upgraded: (error?: Error) => void) {
    const { hostname, port, pathname, host } = new URL(url);
    this.number = number;
    this.#events = events;
    this.#upgraded = upgraded;
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: SHARED,
        callback: (bytes, buffer) => {
          this.#read((buffer as Buffer).subarray(0, bytes));
          return true;
        },
      },
    });
    this.#socket.setTimeout(0);
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the connection closed'));
    this.#socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
    );
  }

  /** Rejects with an Error when there is no upgrade within 10 s. */
  static open(url: string, number: number, events: RawSocketEvents): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(new Error(`no upgrade within ${OPEN_TIMEOUT_MS} ms`)), OPEN_TIMEOUT_MS);
      const done = (error?: Error) => {
        clearTimeout(timer);
        if (error === undefined) return resolve(socket);
        socket.destroy();
        reject(error);
      };
      const socket = new RawSocket(url, number, events, done);
    });
  }

  /** @param frames one or more client frames, one after the other */
  send(frames: Buffer): void {
    this.#socket.write(frames);
  }

  destroy(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    if (this.#upgraded !== undefined) {
      const head = bytes.indexOf('\r\n\r\n');
      if (head < 0) {
        this.#rest = Buffer.from(bytes);
        return;
      }
      const upgraded = this.#upgraded;
      this.#upgraded = undefined;
      const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
      upgraded(status.includes(' 101 ') ? undefined : new Error(`no upgrade: ${status}`));
      bytes = bytes.subarray(head + 4);
    }
    const taken = this.#takeFrames(bytes);
    if (taken < bytes.length) this.#rest = Buffer.from(bytes.subarray(taken));
    this.#events.onReadEnd?.(this);
  }

  /** Hands out every whole frame; answers how many bytes they took. A server's frames are not masked. */
  #takeFrames(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= 2) {
      let from = at + 2;
      let length = (bytes[at + 1] as number) & 0x7f;
      if (length === 126) {
        if (bytes.length - at < 4) break;
        length = bytes.readUInt16BE(at + 2);
        from = at + 4;
      } else if (length === 127) {
        if (bytes.length - at < 10) break;
        length = Number(bytes.readBigUInt64BE(at + 2));
        from = at + 10;
      }
      if (from + length > bytes.length) break;
      const opcode = (bytes[at] as number) & 0x0f;
      if (opcode === TEXT) this.#events.onText(this, bytes, from, from + length);
      else if (opcode === PING) this.send(frame(PONG, Buffer.from(bytes.subarray(from, from + length))));
      else if (opcode === CLOSE) {
        this.#end(`closed by the server: ${length < 2 ? 'no code' : bytes.readUInt16BE(from)}`);
        this.destroy();
      }
      at = from + length;
    }
    return at;
  }

  #end(reason: string): void {
    const upgraded = this.#upgraded;
    this.#upgraded = undefined;
    if (upgraded !== undefined) upgraded(new Error(reason));
    else this.#events.onClose?.(this, reason);
  }
}
