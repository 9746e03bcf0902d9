import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { afterAll } from 'vitest';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  /** the whole message as it came */
  readonly source: string;
}

/** Refuses by throwing: `smtpRefusal(451, 'later')`. */
export function smtpRefusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

export interface MailServerRules {
  /** looks at each recipient before anything is sent */
  onRecipient?: (address: string) => void;
  /** looks at each message once it is there, before it is accepted */
  onMessage?: (mail: ReceivedMail) => void | Promise<void>;
  /** looks at each connection */
  onConnect?: () => void;
}

/** A real SMTP server on a free port of this machine that keeps what it accepts. Closed after the file. */
export async function startMailServer(rules: MailServerRules = {}, port = 0) {
  const received: ReceivedMail[] = [];
  let open = 0;
  let mostOpen = 0;
  const tell = (work: () => void, callback: (error?: Error | null) => void) => {
    try {
      work();
      callback();
    } catch (error) {
      callback(error as Error);
    }
  };
  const mailOf = (source: string, session: SMTPServerSession): ReceivedMail => ({
    from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
    to: session.envelope.rcptTo.map(({ address }) => address),
    messageId: /^Message-ID: (.+)$/im.exec(source)?.[1]?.trim() ?? '',
    source,
  });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onConnect: (_session, callback) => {
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      tell(() => rules.onConnect?.(), callback);
    },
    onClose: () => {
      open -= 1;
    },
    onRcptTo: ({ address }, _session, callback) => tell(() => rules.onRecipient?.(address), callback),
    onData: (stream, session, callback) => {
      text(stream)
        .then(async (source) => {
          const mail = mailOf(source, session);
          await rules.onMessage?.(mail);
          received.push(mail);
          callback();
        })
        .catch(callback);
    },
  });
  server.on('error', () => {}); // a client that is killed in the middle of a sentence
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  let closed: Promise<void> | undefined;
  const stop = () => {
    closed ??= close();
    return closed;
  };
  afterAll(stop);
  const { port: bound } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${bound}`, port: bound, received, mostOpen: () => mostOpen, stop };
}
