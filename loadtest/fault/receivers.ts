import { createECDH, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { Received } from './deliveries-auditor.ts';
import type { Browser } from './deliveries-queries.ts';

/** Where the mails and pushes of workers go: a mail server and a push service that take everything and count. */
export interface Receivers {
  /** variables that lead workers here */
  readonly environment: Readonly<Record<string, string>>;
  readonly received: Received;
  /** of a browser that everybody's pushes are encrypted for, each under an endpoint of its own */
  readonly browser: Browser;
  stop(): Promise<void>;
}

const ENOUGH_A_SECOND = '200';

/** Starts both on loopback. */
export async function startReceivers(): Promise<Receivers> {
  const mails = new Map<string, number>();
  const pushes = new Map<string, number>();
  const count = (of: Map<string, number>, key: string) => of.set(key, (of.get(key) ?? 0) + 1);
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData: (stream, _session, callback) => {
      text(stream).then((source) => {
        count(mails, /^Message-ID: <psephos\.([0-9a-f-]{36})@/im.exec(source)?.[1] ?? source.slice(0, 100));
        callback();
      }, callback);
    },
  });
  smtp.on('error', () => {}); // a worker that is killed in the middle of a sentence
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const service = createServer((request, response) => {
    request.resume().once('end', () => {
      count(pushes, request.url ?? '');
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  const pair = createECDH('prime256v1');
  pair.generateKeys();
  return {
    environment: {
      SMTP_URL: `smtp://127.0.0.1:${portOf(smtp.server)}`,
      MAIL_FROM: 'votes@example.org',
      MAIL_PER_SECOND: ENOUGH_A_SECOND,
      WEBHOOK_ALLOW_PRIVATE: 'true',
    },
    received: { mails, pushes },
    browser: {
      endpoint: `http://127.0.0.1:${portOf(service)}/`,
      p256dh: pair.getPublicKey('base64url'),
      auth: randomBytes(16).toString('base64url'),
    },
    async stop() {
      service.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => service.close(() => resolve())),
      ]);
    },
  };
}
