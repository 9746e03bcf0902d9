import { type WebhookReason, webhookReasonOf } from '../../../protocol/webhook-problems.ts';
import { t } from '../texts.ts';

/** Why a delivery failed or a webhook was disabled, in the page's language. What an older server noted stays as it is. */
export function problemWords(sentence: string): string {
  const found = webhookReasonOf(sentence);
  if (found === null) return sentence;
  const { code = '', status = '', problem = '' } = found.params;
  const words: Readonly<Record<WebhookReason, () => string>> = {
    forbidden_address: () => t('webhooks.problem.forbidden_address'),
    private_network: () => t('webhooks.problem.private_network'),
    nothing_answered: () => t('webhooks.problem.nothing_answered'),
    too_late: () => t('webhooks.problem.too_late'),
    server_stopped: () => t('webhooks.problem.server_stopped'),
    connection_failed: () => t('webhooks.problem.connection_failed', { code }),
    redirected: () => t('webhooks.problem.redirected', { status }),
    answered: () => t('webhooks.problem.answered', { status }),
    webhook_disabled: () => t('webhooks.problem.webhook_disabled'),
    disabled_by_administrator: () => t('webhooks.problem.disabled_by_administrator'),
    no_success: () => t('webhooks.problem.no_success', { problem: problemWords(problem) }),
  };
  return words[found.reason]();
}
