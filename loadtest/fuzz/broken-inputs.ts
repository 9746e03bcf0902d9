import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';
import type { SeededRandom } from '../fault/seeded-random.ts';
import { damaged, fromNothing, hostileText } from './hostile.ts';
import { frameBytes, OPCODE, upgradeRequest } from './web-socket-bytes.ts';

/** Bytes for a connection of their own. */
export interface BrokenInput {
  readonly port: 'http' | 'socket';
  readonly bytes: Buffer;
}

const BODY = '{"code":"K7Q4-ZD","name":"Ada"}';

/** Requests that two servers could read in two ways, or that none should read at all. */
const SHAPES: readonly string[] = [
  `POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\nContent-Length: 0\r\n\r\n${BODY}`,
  `POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\u0000\r\nabc\r\n0\r\nX: y\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n{}',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}',
  'POST /v1/join HTTP/1.1\r\nHost: a\r\nExpect: something\r\nContent-Length: 2\r\n\r\n{}',
  'GET / HTTP/1.1\r\n: empty\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n',
  'GET / HTTP/1.1\nHost: a\n\n',
  'GET / HTTP/1.1\rHost: a\r\r',
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
  'GET /\r\n',
  'GET http://other.example/v1/join HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET //evil.example/%2e%2e/%2e%2e/etc HTTP/1.1\r\nHost: [::1\r\n\r\n',
  'GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /% HTTP/1.1\r\nHost: a:99999999\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: \u0001\u0002\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  '\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  '*1\r\n$4\r\nPING\r\n',
];
const UPGRADE_CHANGES: readonly (readonly [string, string])[] = [
  ['Version: 13', 'Version: 8'],
  ['Version: 13', 'Version: 13, 8'],
  ['Version: 13', 'Version: -1'],
  ['Sec-WebSocket-Key: ', 'Sec-WebSocket-Key: short'],
  ['Sec-WebSocket-Key: ', 'X-Key: '],
  ['Sec-WebSocket-Key: ', `Sec-WebSocket-Key: ${'A'.repeat(3_000)}`],
  ['Upgrade: websocket', 'Upgrade: websocket, h2c'],
  ['Connection: Upgrade', 'Connection: close'],
  [SUBPROTOCOL, 'psephos.v0'],
  [SUBPROTOCOL, `${','.repeat(500)}${SUBPROTOCOL}`],
  ['Host: localhost', 'Host: localhost\r\nOrigin: https://evil.example'],
  ['Host: localhost', 'Host: localhost\r\nOrigin: \u0000'],
  ['Host: localhost', 'Host: localhost\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99'],
  ['Host: localhost', `Host: localhost\r\nSec-WebSocket-Extensions: ${'permessage-deflate,'.repeat(200)}`],
  ['GET /', 'POST /'],
  ['GET /', 'GET /%ff?x=\u0000'],
  ['HTTP/1.1', 'HTTP/1.0'],
];
/** RFC 6455 lets none of these numbers be sent in a close frame. */
const BAD_CLOSE_CODES = [0, 999, 1004, 1005, 1006, 1015, 2_999, 5_000, 65_535];
const MANY = 300;

/** Broken HTTP, broken upgrades and broken WebSocket frames, by turns. */
export function brokenInputs(random: SeededRandom): () => BrokenInput {
  return () => {
    const kind = random.int(0, 9);
    if (kind < 4) return { port: random.chance(0.6) ? 'http' : 'socket', bytes: brokenHttp(random) };
    if (kind < 6) return { port: 'socket', bytes: brokenUpgrade(random) };
    return { port: 'socket', bytes: Buffer.concat([Buffer.from(upgradeRequest()), brokenFrames(random)]) };
  };
}

function brokenHttp(random: SeededRandom): Buffer {
  if (random.chance(0.1)) return fromNothing(random);
  if (random.chance(0.05)) {
    const header = `X-${random.hex(3)}: ${'v'.repeat(random.int(1, 200))}\r\n`;
    return Buffer.from(
      `GET /${'a'.repeat(random.int(0, 20_000))} HTTP/1.1\r\nHost: a\r\n${header.repeat(random.int(1, MANY))}\r\n`,
    );
  }
  const shape = Buffer.from(random.pick(SHAPES), 'latin1');
  const twice = random.chance(0.3) ? Buffer.concat([shape, Buffer.from(random.pick(SHAPES), 'latin1')]) : shape;
  return random.chance(0.5) ? damaged(random, twice) : twice;
}

function brokenUpgrade(random: SeededRandom): Buffer {
  const [from, to] = random.pick(UPGRADE_CHANGES);
  const changed = Buffer.from(upgradeRequest().replace(from, to), 'latin1');
  return random.chance(0.3) ? damaged(random, changed) : changed;
}

function brokenFrames(random: SeededRandom): Buffer {
  const payload = random.chance(0.5) ? Buffer.from('{"id":1,"op":"ping"}') : random.bytes(random.int(0, 130));
  const { text, binary, continuation, close, ping, pong } = OPCODE;
  const opcode = random.pick([text, binary, continuation, close, ping, pong]);
  switch (random.int(0, 10)) {
    case 0:
      return frameBytes({ opcode, payload, masked: false });
    case 1:
      return frameBytes({ opcode, payload, reserved: random.pick([0x40, 0x20, 0x10, 0x70]) });
    case 2:
      return frameBytes({ opcode: random.int(3, 15), payload });
    case 3:
      return frameBytes({ opcode: random.pick([ping, pong, close]), payload, fin: false });
    case 4:
      return frameBytes({ opcode: random.pick([ping, pong, close]), payload: random.bytes(random.int(126, 400)) });
    case 5:
      return frameBytes({
        opcode,
        payload,
        length: random.pick([2n ** 63n, 2n ** 64n - 1n, 2n ** 31n, 65_536n, 70_000n]),
      });
    case 6:
      return frameBytes({
        opcode: text,
        payload: random.pick([Buffer.from([0xc3, 0x28]), Buffer.from([0xed, 0xa0, 0x80]), random.bytes(9)]),
      });
    case 7:
      return Buffer.concat([
        frameBytes({ opcode: continuation, payload }),
        frameBytes({ opcode: text, payload, fin: false }),
      ]);
    case 8: {
      const code = Buffer.alloc(2);
      code.writeUInt16BE(random.pick(BAD_CLOSE_CODES));
      return frameBytes({
        opcode: close,
        payload: random.chance(0.2) ? code.subarray(0, 1) : Buffer.concat([code, payload.subarray(0, 100)]),
      });
    }
    case 9: {
      const part = frameBytes({ opcode: continuation, payload: Buffer.alloc(random.int(0, 300), 0x20), fin: false });
      const parts = Array.from({ length: random.int(1, MANY) }, () => part);
      return Buffer.concat([frameBytes({ opcode: text, payload: Buffer.from('['), fin: false }), ...parts]);
    }
    default:
      return damaged(
        random,
        Buffer.concat([
          frameBytes({ opcode, payload }),
          frameBytes({ opcode: text, payload: Buffer.from(hostileText(random)) }),
        ]),
      );
  }
}
