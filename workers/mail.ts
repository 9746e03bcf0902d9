import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type NodemailerError, type SMTPPoolSentMessageInfo, type Transporter } from 'nodemailer';
import type { ClaimedMail, Engine, MailEnd } from '../engine/index.ts';
import { limits } from '../engine/limits.ts';
import { Sweep } from '../engine/sweep.ts';
import { backoffMs } from './backoff.ts';
import { calendarFile } from './calendar.ts';
import type { Logger } from './logger.ts';

export interface MailSettings {
  /** smtp:// or smtps://, with user and password; it is never logged */
  readonly smtpUrl: string;
  /** 'Psephos <votes@example.org>' or the address alone */
  readonly from: string;
  /** over this process; several processes send so many each */
  readonly perSecond: number;
  /** first pause after a temporary failure; each further one is twice as long */
  readonly retryMinMs?: number;
  /** how late a mail may leave after it was queued */
  readonly pollMs?: number;
}

/** Connections to the mail server, and so the most mails whose fate is unknown when this process is killed. */
const CONNECTIONS = 5;
/** Taken at once: a few more than are on their way, so that no connection waits for the database. */
const CLAIM_MAILS = 2 * CONNECTIONS;
/** Each well below the lease that a sender has. */
const CONNECT_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;
/** When this process stops, a mail server that does not answer is left after so long. */
const STOP_GRACE_MS = 2_000;
/** The server cannot be had: that says nothing about the mail, so no mail waits long for it. */
const SERVER_AWAY_MS = 5_000;

/** Together below the lease, so that nobody else has taken the mail meanwhile. */
const SETTLE_ATTEMPTS = 20;
const SETTLE_PAUSE_MS = 2_000;

/** Where in the conversation the server refused: of the mail itself, rather than of us or of the connection. */
const ABOUT_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];

/**
 * What a failure means for a mail. Only the server's own final word (5xx) on its sender, recipient or content ends it;
 * a wrong password or a server that is away are ours to mend, and the mail waits.
 */
export function endOfFailure(error: NodemailerError, attempt: number, retryMinMs: number): MailEnd {
  const aboutTheMail = ABOUT_THE_MAIL.includes(error.code ?? '');
  const answer = (error.response ?? `${error.code ?? error.name}: ${error.message}`).replaceAll(/\s+/g, ' ');
  if (aboutTheMail && error.permanent === true) return { status: 'failed', answer };
  const retryInMs = aboutTheMail
    ? backoffMs(attempt, retryMinMs, limits.mailRetryMaxMs)
    : Math.min(SERVER_AWAY_MS, backoffMs(attempt, retryMinMs, SERVER_AWAY_MS));
  return { status: 'waiting', answer, retryInMs };
}

/** The part behind the @ of the sender: Message-IDs are made under it. */
function domainOf(from: string): string {
  return /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}

/** By which mail programs offer to stop such mails with one click (RFC 2369, RFC 8058). */
function listHeaders({ oneClick }: { readonly oneClick: string }): Record<string, string> {
  return { 'List-Unsubscribe': `<${oneClick}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/**
 * Sends queued mails. Each is taken for a time (a lease) and settled on its own as soon as the server has answered, so
 * a process that is killed leaves in doubt what was on its way at that moment, at most five. SMTP has no way to ask
 * about those: they are sent again under the same Message-ID, by which the receiving side can tell a second copy.
 */
export class MailSender {
  readonly #engine: Pick<Engine, 'mails'>;
  readonly #settings: MailSettings;
  readonly #logger: Logger;
  readonly #transport: Transporter<SMTPPoolSentMessageInfo>;
  readonly #rounds: Sweep;
  #stopping = false;
  #away = false;

  constructor(engine: Pick<Engine, 'mails'>, settings: MailSettings, logger: Logger) {
    this.#engine = engine;
    this.#settings = settings;
    this.#logger = logger;
    this.#transport = createTransport({
      url: settings.smtpUrl,
      pool: true,
      maxConnections: CONNECTIONS,
      maxRequeues: 0, // whether a mail is sent again is decided here, where it is written down
      rateLimit: settings.perSecond,
      rateDelta: 1_000,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.#rounds = new Sweep(
      () => this.#round(),
      settings.pollMs ?? limits.mailPollMs,
      (err) => logger.error({ err }, 'the mail sender met a bug'),
    );
  }

  start(): void {
    this.#rounds.start();
  }

  /** Takes no further mail, lets those on their way arrive, and leaves the mail server. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#transport.close(); // what waits for its turn comes back as not sent; what is on its way is finished
    const grace = setTimeout(() => this.#transport.close({ force: true }), STOP_GRACE_MS);
    await this.#rounds.stop();
    clearTimeout(grace);
  }

  /** Everything that is due now. */
  async #round(): Promise<void> {
    while (!this.#stopping) {
      const mails = await this.#engine.mails.claim(CLAIM_MAILS);
      if (mails.length === 0) return;
      const reached = await Promise.all(mails.map((mail) => this.#deliver(mail)));
      if (!reached.includes(true)) return; // nobody answers: not the next ten at once
    }
  }

  /** False where the mail server could not be had. */
  async #deliver(mail: ClaimedMail): Promise<boolean> {
    const end = await this.#send(mail);
    const facts = { template: mail.template, mail_id: mail.mailId, attempt: mail.attempt };
    await this.#settle(mail, end);
    // addresses and answers stay out of the log: an answer quotes the address
    if (end.status === 'failed') this.#logger.warn(facts, 'the mail server refused a mail for good');
    else if (end.status === 'waiting') this.#logger.info(facts, 'a mail could not be sent yet');
    else this.#logger.debug(facts, 'a mail was sent');
    return end.status !== 'waiting' || !this.#away;
  }

  /** The database may be away for a moment: a mail that was sent must be written down, or it would be sent again. */
  async #settle(mail: ClaimedMail, end: MailEnd): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#engine.mails.settle(mail, end);
        return;
      } catch (error) {
        if (this.#stopping || attempt === SETTLE_ATTEMPTS) throw error;
        await sleep(SETTLE_PAUSE_MS);
      }
    }
  }

  async #send(mail: ClaimedMail): Promise<MailEnd> {
    const { from, retryMinMs = limits.mailRetryMinMs } = this.#settings;
    const { appointment, unsubscribe } = mail;
    try {
      const { response } = await this.#transport.sendMail({
        from,
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<psephos.${mail.mailId}@${domainOf(from)}>`,
        headers: { 'Auto-Submitted': 'auto-generated', ...(unsubscribe === undefined ? {} : listHeaders(unsubscribe)) },
        ...(appointment === undefined ? {} : { icalEvent: calendarFile(appointment, from, mail.to) }),
      });
      this.#tellReachable(true, null);
      return { status: 'sent', answer: response };
    } catch (error) {
      const failure = error as NodemailerError;
      this.#tellReachable(ABOUT_THE_MAIL.includes(failure.code ?? ''), failure);
      return endOfFailure(failure, mail.attempt, retryMinMs);
    }
  }

  #tellReachable(yes: boolean, error: NodemailerError | null): void {
    if (this.#stopping || this.#away !== yes) return;
    this.#away = !yes;
    if (yes) this.#logger.info('the mail server answers again');
    else {
      const { code, responseCode } = error ?? {};
      this.#logger.warn({ code, smtp_status: responseCode }, 'the mail server cannot be used: mails wait');
    }
  }
}
