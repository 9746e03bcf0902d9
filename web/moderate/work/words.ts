import { formatNumber } from '../../ui/i18n.ts';
import { t } from '../texts.ts';

const NAMES: Readonly<Record<string, () => string>> = {
  audit: () => t('work.queue.audit'),
  search: () => t('work.queue.search'),
  notify: () => t('work.queue.notify'),
  upkeep: () => t('work.queue.upkeep'),
  webhooks: () => t('work.queue.webhooks'),
  campaigns: () => t('work.queue.campaigns'),
};

const TASKS: Readonly<Record<string, () => string>> = {
  tidy: () => t('work.task.tidy'),
  retention: () => t('work.task.retention'),
  snapshots: () => t('work.task.snapshots'),
  statistics: () => t('work.task.statistics'),
  hints: () => t('work.task.hints'),
  backup: () => t('work.task.backup'),
  'restore-drill': () => t('work.task.restoreDrill'),
};

/** A queue of a newer server goes by its name. */
export function queueName(queue: string): string {
  return NAMES[queue]?.() ?? queue;
}

/** A task of a newer server goes by its name. */
export function taskName(task: string): string {
  return TASKS[task]?.() ?? task;
}

/** How long something has waited, in the largest unit that says enough. */
export function ageWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return t('work.seconds', { n: formatNumber(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return t('work.minutes', { n: formatNumber(minutes) });
  return t('work.hours', { n: formatNumber(Math.round(minutes / 60)) });
}
