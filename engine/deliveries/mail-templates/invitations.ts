import type { MailData, MailLocale } from '../mail.ts';
import type { Letter } from './letter.ts';
import { greeting, linkWorks } from './wording.ts';

/** Mails that an organisation writes to its members. */

type Texts<Name extends keyof MailData> = Readonly<Record<MailLocale, (data: MailData[Name]) => Letter>>;

export const memberInvitation: Texts<'member-invitation'> = {
  en: ({ name, organisation, link, validForMinutes }) => ({
    subject: `${organisation} invites you`,
    greeting: greeting('en', name),
    paragraphs: [
      `${organisation} holds its meetings and votes with Psephos and invites you as a member. Accept the invitation to attend and to vote.`,
    ],
    action: { label: 'Accept the invitation', link },
    notes: [linkWorks('en', validForMinutes), `If you do not know ${organisation}, you need not do anything.`],
  }),
  de: ({ name, organisation, link, validForMinutes }) => ({
    subject: `Einladung von ${organisation}`,
    greeting: greeting('de', name),
    paragraphs: [
      `${organisation} hält Versammlungen und Abstimmungen mit Psephos ab und lädt Sie als Mitglied ein. Nehmen Sie die Einladung an, um teilzunehmen und abzustimmen.`,
    ],
    action: { label: 'Einladung annehmen', link },
    notes: [linkWorks('de', validForMinutes), `Wenn Sie ${organisation} nicht kennen, brauchen Sie nichts zu tun.`],
  }),
};
