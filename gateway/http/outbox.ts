import { outboxView } from '../../protocol/webhooks.ts';
import { decline, type Operation, operation, replyWith } from './operation.ts';
import { isThisMachine } from './this-machine.ts';

/**
 * Mails that wait because no mail server is set, with the links in them: how a person who tries Psephos out signs in.
 * @param open no mail server is set, and this gateway listens on this machine alone
 */
export function outboxOperations(open: boolean): readonly Operation[] {
  return [
    operation({
      id: 'readOutbox',
      method: 'get',
      path: '/v1/outbox',
      tag: 'Service',
      summary: 'Read the mails that wait',
      description:
        'Only where no mail server is set (SMTP_URL), Psephos listens on this machine alone, and the caller is on it; otherwise there is no such address.',
      permission: null,
      secret: true,
      success: { 200: { description: 'The newest mails that wait.', schema: outboxView } },
      failures: ['not_found', 'database_away'],
      handle: async ({ engine, origin, host }) => {
        if (!open || !isThisMachine(origin, host)) {
          return decline('not_found', 'There is no outbox here: mails are sent, or you are on another machine.');
        }
        return replyWith(await engine.mails.waiting(), (mails) => ({
          status: 200,
          body: {
            items: mails.map((mail) => ({
              mail_id: mail.mailId,
              to: mail.to,
              template: mail.template,
              locale: mail.locale,
              subject: mail.subject,
              text: mail.text,
              html: mail.html,
              created_at: mail.createdAt.toISOString(),
              expires_at: mail.expiresAt.toISOString(),
            })),
          },
        }));
      },
    }),
  ];
}
