import type postgres from 'postgres';
import * as queries from './deliveries-queries.ts';

/** What arrived, and how often. */
export interface Received {
  /** by the mail's id, as its Message-ID says it */
  readonly mails: ReadonlyMap<string, number>;
  /** by the path that it came to: /ACCOUNT_ID */
  readonly pushes: ReadonlyMap<string, number>;
}

/** What was found, in words, and how much arrived. */
interface DeliveriesAudit {
  readonly missing: readonly string[];
  readonly doubled: readonly string[];
  readonly mails: number;
  readonly pushes: number;
}

/** What is on its way when its sender dies, or loses the database before it can say that it was sent, goes out again. */
const COPIES_A_FAULT = { mails: 5, pushes: 20 } as const;

/**
 * Every notification has gone out as one mail and one push. SMTP and push services cannot be asked what became of a message whose
 * answer was lost, so a few copies are right: of a mail under its one Message-ID, and of neither more than faults explain.
 * @param faults that could have cut a sender off
 */
export async function auditDeliveries(
  sql: postgres.Sql,
  { mails, pushes }: Received,
  faults: number,
): Promise<DeliveriesAudit> {
  const [wanted, known, told] = await Promise.all([
    queries.selectMails(sql),
    queries.selectMailIds(sql),
    queries.selectTold(sql),
  ]);
  const missing = [
    ...wanted.flatMap(({ notification, mailId, status }) => {
      if (mailId === null) return [`notification ${notification} has no mail`];
      if (status !== 'sent') return [`the mail ${mailId} is ${status}`];
      return mails.has(mailId) ? [] : [`the mail ${mailId} is said to be sent and has not arrived`];
    }),
    ...told.flatMap(({ account, told: due }) => {
      const lacking = due - (pushes.get(`/${account}`) ?? 0);
      return Array<string>(Math.max(0, lacking)).fill(`a push to account ${account} has not arrived`);
    }),
  ];
  const copiesOf = (counts: Iterable<number>, due: number) => [...counts].reduce((sum, count) => sum + count, 0) - due;
  const copies = {
    mails: copiesOf(mails.values(), mails.size),
    pushes: copiesOf(
      pushes.values(),
      told.reduce((sum, { told: due }) => sum + due, 0),
    ),
  };
  const doubled = [
    ...[...mails.keys()].filter((id) => !known.has(id)).map((id) => `a mail arrived that nobody has queued: ${id}`),
    ...(['mails', 'pushes'] as const).flatMap((what) =>
      copies[what] > COPIES_A_FAULT[what] * faults ? [`${copies[what]} copies of ${what} after ${faults} faults`] : [],
    ),
  ];
  return {
    missing,
    doubled,
    mails: mails.size,
    pushes: [...pushes.values()].reduce((sum, count) => sum + count, 0),
  };
}
