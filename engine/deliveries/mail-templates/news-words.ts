import type { NotificationFacts } from '../../../protocol/notifications.ts';

/** One notification in words. */
export interface NewsWords {
  /** a headline, without the organisation's name */
  readonly title: string;
  /** whole sentences */
  readonly sentences: readonly string[];
  /** what the link is called */
  readonly act: string;
}

export interface Where {
  readonly organisation: string;
  readonly timeZone: string;
}

export type Words = (facts: NotificationFacts, where: Where) => NewsWords;
