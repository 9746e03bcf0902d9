export type { ClaimedMail, MailEnd, MailLocale, NewMail, WaitingMail } from './mail.ts';
export { enqueueMails, Mails } from './mails.ts';
export { addressProblem } from './network-addresses.ts';
export type { ClaimedDelivery, DeliveryEnd, Webhook, WebhookDelivery } from './webhook.ts';
export { Webhooks } from './webhooks.ts';
