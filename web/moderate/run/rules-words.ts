import type { ElectionView } from '../../../protocol/elections.ts';
import { t } from '../texts.ts';

type Rules = ElectionView['rules'];
type Majority = NonNullable<Rules['majority']>;

function thresholdName(threshold: Majority['threshold']): string {
  if (typeof threshold === 'object') return `${threshold.numerator}/${threshold.denominator}`;
  const names = {
    simple: t('threshold.simple'),
    absolute: t('threshold.absolute'),
    two_thirds: t('threshold.twoThirds'),
    three_quarters: t('threshold.threeQuarters'),
  };
  return names[threshold];
}

/** Quorum and majority as the draft asks for them. */
export function rulesInWords({ majority, quorum }: Rules): readonly string[] {
  const words: string[] = [];
  if (majority !== undefined) words.push(t('rules.majority', { threshold: thresholdName(majority.threshold) }));
  if (quorum !== undefined) {
    words.push(
      'number' in quorum
        ? t('rules.quorumNumber', { count: quorum.number })
        : t('rules.quorumShare', { share: `${quorum.share.numerator}/${quorum.share.denominator}` }),
    );
  }
  return words;
}
