import { t } from '../texts.ts';

/** 'fewest votes, tie broken by lot' in the page's language; a rule that is not known here stays as it came. */
export function ruleInWords(rule: string): string {
  const words: Readonly<Record<string, string>> = {
    'quota reached': t('rule.quotaReached'),
    'largest surplus': t('rule.largestSurplus'),
    'fewest votes': t('rule.fewestVotes'),
    'last vacancies filled': t('rule.lastVacancies'),
    'majority of the continuing votes': t('rule.majority'),
    'tie broken by lot': t('rule.lot'),
    'tie broken by earlier rounds': t('rule.earlierRounds'),
    'a tie for the last seats stays open': t('rule.openTie'),
    'no valid ballots': t('rule.noBallots'),
  };
  const part = (text: string) => words[text] ?? text;
  return rule
    .split('; ')
    .map((each) => each.split(', ').map(part).join(', '))
    .join('; ');
}
