import type { MailData, MailLocale, MailTemplate } from '../mail.ts';
import { auditHead } from './audit.ts';
import { memberInvitation } from './invitations.ts';
import { type Letter, type RenderedLetter, renderLetter } from './letter.ts';
import { notification, notificationSummary } from './notifications.ts';
import { accountExists, emailChange, magicLink, passwordChanged, passwordReset, verifyEmail } from './signing-in.ts';

const TEMPLATES: { readonly [Name in MailTemplate]: Readonly<Record<MailLocale, (data: MailData[Name]) => Letter>> } = {
  'verify-email': verifyEmail,
  'account-exists': accountExists,
  'magic-link': magicLink,
  'password-reset': passwordReset,
  'password-changed': passwordChanged,
  'email-change': emailChange,
  'member-invitation': memberInvitation,
  notification,
  'notification-summary': notificationSummary,
  'audit-head': auditHead,
};

/** Subject, text and HTML. @throws where a mail was queued by another version that knew other templates */
export function renderMail<Name extends MailTemplate>(
  template: Name,
  locale: MailLocale,
  data: MailData[Name],
): RenderedLetter {
  const texts = TEMPLATES[template];
  if (texts === undefined) throw new Error(`there is no mail template ${template}`);
  return renderLetter(texts[locale](data), locale);
}
