import { z } from 'zod';
import type { FieldSentence } from './field-problems.ts';
import { pageOf } from './page.ts';
import { id, moment, text } from './text.ts';
import { WEBHOOK_REASONS } from './webhook-problems.ts';

/** What a webhook can be told. Counts and states only; how somebody voted never leaves by this way. */
export const WEBHOOK_EVENTS = {
  'meeting.created': 'A meeting was created.',
  'meeting.started': 'A meeting has begun.',
  'meeting.ended': 'A meeting has ended.',
  'election.created': 'An election was created as a draft.',
  'election.opened': 'An election takes ballots.',
  'election.extended': 'An election closes later than was said before.',
  'election.milestone': 'Ballots reached 10, 25, 50, 75 or 100 percent of the roll; once each.',
  'election.closed': 'An election has closed: every ballot is in or was refused.',
  'election.cancelled': 'An election was cancelled.',
  'election.deleted': 'A draft was deleted.',
  'election.counted': 'The ballots were counted; the result is not public yet.',
  'election.published': 'The result was published.',
} as const;

export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;
const eventNames = Object.keys(WEBHOOK_EVENTS) as [WebhookEvent, ...WebhookEvent[]];

/** Shares of the roll, in percent, at which election.milestone is told. */
export const MILESTONES_PERCENT = [10, 25, 50, 75, 100] as const;

const URL_MAX_CHARACTERS = 2_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Why an address cannot be a webhook's, or null. Where it leads to is checked each time before anything is sent. */
export function webhookUrlProblem(address: string): FieldSentence | null {
  const url = URL.parse(address);
  if (url === null) return 'is no address; example: https://members.example/hooks/psephos';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    return 'must begin with https:// (http:// is for this machine only)';
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.hash !== '') return 'must not have a part behind #';
  return null;
}

const url = text(8, URL_MAX_CHARACTERS).check((context) => {
  const problem = webhookUrlProblem(context.value);
  if (problem !== null) context.issues.push({ code: 'custom', message: problem, input: context.value });
});

const events = z
  .array(z.enum(eventNames))
  .min(1)
  .max(eventNames.length)
  .refine((names) => new Set(names).size === names.length, 'names an event twice')
  .meta({
    description: Object.entries(WEBHOOK_EVENTS)
      .map(([name, meaning]) => `${name}: ${meaning}`)
      .join(' '),
  });

const description = text(0, 200).meta({ description: 'What it is for.' });

const EXAMPLE = {
  url: 'https://members.example/hooks/psephos',
  events: ['election.opened', 'election.closed', 'election.published'],
  description: 'Member service',
};

export const newWebhook = z
  .strictObject({ url, events, description: description.optional() })
  .meta({ id: 'NewWebhook', example: EXAMPLE });

export const webhookChange = z
  .strictObject({
    url: url.optional(),
    events: events.optional(),
    description: description.optional(),
    state: z.enum(['active', 'disabled']).optional().meta({ description: 'active: told again from now on.' }),
  })
  .refine((change) => Object.keys(change).length > 0, 'names nothing to change')
  .meta({ id: 'WebhookChange', example: { state: 'active' } });

const reason = z.enum(WEBHOOK_REASONS).nullable();

const webhookFields = {
  webhook_id: id,
  url: z.string(),
  description: z.string(),
  events: z.array(z.enum(eventNames)),
  state: z.enum(['active', 'disabled']),
  disabled_reason: z.string().nullable().meta({ description: 'Why it was disabled; null while it is active.' }),
  disabled_because: reason.meta({
    description: 'The same for programs; null also for what an older version disabled.',
  }),
  failing_since: moment.nullable().meta({ description: 'First failure after the last success; null while it works.' }),
  created_at: moment,
};
const VIEW = {
  webhook_id: '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a30',
  ...EXAMPLE,
  state: 'active',
  disabled_reason: null,
  disabled_because: null,
  failing_since: null,
  created_at: '2026-11-21T18:00:00.000Z',
};

export const webhookView = z.strictObject(webhookFields).meta({ id: 'Webhook', example: VIEW });
export type WebhookView = z.infer<typeof webhookView>;
export const webhookPage = pageOf(webhookView, 'WebhookPage');

const secret = z.string().meta({ description: 'Key of the signatures. Shown once; keep it.' });

export const webhookCreated = z
  .strictObject({ ...webhookFields, secret })
  .meta({ id: 'WebhookCreated', example: { ...VIEW, secret: 'whsec_0f6a…' } });

export const webhookRotated = z
  .strictObject({
    secret,
    previous_until: moment.meta({ description: 'Until then events carry a signature of the old secret as well.' }),
  })
  .meta({ id: 'WebhookSecret' });

export const webhookDeliveryView = z
  .strictObject({
    delivery_id: id,
    webhook_id: id,
    event_id: z.string().meta({ description: 'The same over all attempts; also in the body, as id.' }),
    event: z.string().meta({ description: 'Kind of event; webhook.test for a test.' }),
    status: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.int().nonnegative(),
    response_status: z.int().nullable().meta({ description: 'HTTP status of the last answer; null without one.' }),
    response_excerpt: z.string().nullable().meta({ description: 'Beginning of the last answer, at most 1 KB.' }),
    latency_ms: z.int().nonnegative().nullable(),
    problem: z.string().nullable().meta({ description: 'Why the last attempt failed.' }),
    problem_reason: reason.meta({ description: 'The same for programs; null also for what an older version noted.' }),
    created_at: moment,
    attempted_at: moment.nullable(),
    settled_at: moment.nullable(),
    next_attempt_at: moment.nullable().meta({ description: 'null where no attempt is to come.' }),
    body: z.string().meta({ description: 'What is posted, byte for byte.' }),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDeliveryView = z.infer<typeof webhookDeliveryView>;
export const webhookDeliveryPage = pageOf(webhookDeliveryView, 'WebhookDeliveryPage');

/** A mail that waits because no mail server is set; only on the machine itself. */
const waitingMailView = z
  .strictObject({
    mail_id: id,
    to: z.string(),
    template: z.string(),
    locale: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
    created_at: moment,
    expires_at: moment,
  })
  .meta({ id: 'WaitingMail' });
export const outboxView = z.strictObject({ items: z.array(waitingMailView) }).meta({ id: 'Outbox' });
