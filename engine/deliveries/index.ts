export { webhookSentence } from '../../protocol/webhook-problems.ts';
export type {
  Appointment,
  ClaimedMail,
  MailEnd,
  MailedNews,
  MailLocale,
  NewMail,
  Unsubscribe,
  WaitingMail,
} from './mail.ts';
export { newsWords } from './mail-templates/notifications.ts';
export { enqueueMails, isMailAddress, Mails } from './mails.ts';
export { addressProblem, literalHostProblem } from './network-addresses.ts';
export type { ClaimedDelivery, DeliveryEnd, Webhook, WebhookDelivery } from './webhook.ts';
export { Webhooks } from './webhooks.ts';
