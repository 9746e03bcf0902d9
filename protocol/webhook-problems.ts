/**
 * Why a delivery failed, or a webhook was disabled: a reason that programs read -> the sentence that is kept and shown. {name}
 * stands for what it is filled with. Pages have words of their own for each reason.
 */
export const WEBHOOK_PROBLEMS = {
  forbidden_address: 'The address leads to an address that no webhook may have.',
  private_network: 'The address leads into a private network, where webhooks may not go.',
  nothing_answered: 'Nothing answered.',
  too_late: 'No answer in time.',
  server_stopped: 'This server was stopped during the attempt.',
  connection_failed: 'The connection failed: {code}.',
  redirected: 'Answered {status}: redirects are not followed. Name the address it leads to.',
  answered: 'Answered {status}.',
  webhook_disabled: 'The webhook was disabled.',
  disabled_by_administrator: 'Disabled by an administrator.',
  no_success: 'No delivery succeeded any more. The last problem: {problem}',
} as const;

export type WebhookReason = keyof typeof WEBHOOK_PROBLEMS;
export const WEBHOOK_REASONS = Object.keys(WEBHOOK_PROBLEMS) as [WebhookReason, ...WebhookReason[]];

/** A sentence of the table. @param params what its places are filled with */
export function webhookSentence(reason: WebhookReason, params: Readonly<Record<string, string | number>> = {}): string {
  return WEBHOOK_PROBLEMS[reason].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
}

const FORMS = WEBHOOK_REASONS.map((reason) => {
  const escaped = WEBHOOK_PROBLEMS[reason].replaceAll(/[.*+?^$()|[\]\\/]/g, '\\$&');
  return { reason, form: new RegExp(`^${escaped.replaceAll(/\{(\w+)\}/g, '(?<$1>.+)')}$`, 's') };
});

/** The reason behind a sentence and what it was filled with; null for one of an older version. */
export function webhookReasonOf(
  sentence: string | null,
): { readonly reason: WebhookReason; readonly params: Readonly<Record<string, string>> } | null {
  if (sentence === null) return null;
  for (const { reason, form } of FORMS) {
    const found = form.exec(sentence);
    if (found !== null) return { reason, params: { ...found.groups } };
  }
  return null;
}
