import { expect, test } from 'vitest';
import { SeededRandom } from '../../loadtest/fault/seeded-random.ts';
import { brokenInputs } from '../../loadtest/fuzz/broken-inputs.ts';
import { Findings } from '../../loadtest/fuzz/findings.ts';
import { frameInputs } from '../../loadtest/fuzz/frame-inputs.ts';
import { operationsOf, requestInputs } from '../../loadtest/fuzz/request-inputs.ts';
import { ResponseReader } from '../../loadtest/fuzz/response-reader.ts';

const input = Buffer.from('the one');
const judged = (text: string, status: number) => {
  const findings = new Findings();
  findings.judge(text, status, () => [input]);
  return findings;
};

test('a bug that is answered is found, with its input', () => {
  const overSocket = judged('{"id":1,"ok":false,"error":{"code":"INTERNAL_001","message":""}}', 0);
  expect(overSocket).toMatchObject({ internal: 1, blamed: [{ what: 'INTERNAL_001', inputs: [input] }] });
  expect(judged('{"error_code":"INTERNAL_001"}', 500)).toMatchObject({ internal: 1 });
});

test('5xx is found; overload and a foreign version of HTTP are told apart', () => {
  expect(judged('Bad Gateway', 502)).toMatchObject({ status5xx: 1, blamed: [{ what: 'status 502' }] });
  expect(judged('{"error_code":"LOAD_001"}', 503)).toMatchObject({ status5xx: 0, overloaded: 1, blamed: [] });
  expect(judged('', 505)).toMatchObject({ status5xx: 0, version505: 1, blamed: [] });
  expect(judged('{"error_code":"VALIDATION_001"}', 422)).toMatchObject({ status5xx: 0, internal: 0, blamed: [] });
});

test('a crash is blamed on what was on its way', () => {
  const findings = new Findings();
  const [quiet, busy] = [{}, {}];
  findings.sending(quiet, [Buffer.from('answered')]);
  findings.sending(busy, [input]);
  findings.sending(quiet, []);
  findings.crash();
  expect(findings).toMatchObject({ crashed: true, isOver: true, blamed: [{ what: 'crash', inputs: [input] }] });
});

test('pipelined answers are taken apart wherever the stream is cut', () => {
  const stream = Buffer.from(
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' +
      'HTTP/1.1 404 Not Found\r\nContent-Length: 99\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n' +
      'HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n',
  );
  const wanted = [200, 404, 304, 500].map((status, i) => ({ status, body: ['ok', '', '', 'abcd'][i] }));
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const reader = new ResponseReader(['GET', 'HEAD', 'GET', 'POST']);
    expect([...reader.take(stream.subarray(0, cut)), ...reader.take(stream.subarray(cut))]).toEqual(wanted);
  }
});

test('the same seed gives the same inputs', () => {
  const grounds = { apiKey: 'psk', meetingIds: ['m'], electionIds: ['e'], tokens: ['t'] };
  const document = {
    paths: { '/v1/join': { post: { requestBody: { content: { json: { example: { code: 'K' } } } } } } },
  };
  const made = (seed: number) => {
    const makers = [
      frameInputs(new SeededRandom(seed), grounds),
      requestInputs(new SeededRandom(seed), grounds, operationsOf(document)),
    ];
    return makers.map((make) => Array.from({ length: 500 }, () => make()));
  };
  expect(made(7)).toEqual(made(7));
  expect(made(7)).not.toEqual(made(8));
  const next = brokenInputs(new SeededRandom(7));
  expect(Array.from({ length: 500 }, () => next())).toHaveLength(500);
});
