import { formatNumber } from '../../ui/i18n.ts';
import { t } from '../texts.ts';
import { type BallotContent, costOf, type Election, sumOf } from './content.ts';

/** An empty ballot of the election's method; a motion has none, because nothing is chosen before. */
export function emptyContent({ method }: Election): BallotContent | undefined {
  switch (method.method) {
    case 'motion':
      return undefined;
    case 'choose':
      return { options: [] };
    case 'score':
      return { scores: {} };
    case 'judgment':
      return { grades: {} };
    case 'points':
      return { points: {} };
    case 'quadratic':
      return { votes: {} };
    default:
      return { ranking: [] };
  }
}

/** Nothing is marked: where the method has it, a blank ballot that may be cast on purpose. */
export function isBlank(content: BallotContent): boolean {
  if ('choice' in content) return false;
  const [marks] = Object.values(content) as [object];
  return Object.keys(marks).length === 0;
}

/** What keeps the ballot from being cast, in words; undefined: nothing does. The engine checks the same again. */
export function problemOf({ method }: Election, content: BallotContent | undefined): string | undefined {
  if (content === undefined) return t('problem.choose');
  if (isBlank(content)) return undefined;
  if (method.method === 'choose' && 'options' in content) {
    const { min, max } = method.settings;
    const marked = content.options.length;
    if (marked < min) return t('problem.tooFew', { count: min - marked });
    if (marked > max) return t('problem.tooMany', { count: marked - max });
  }
  if (method.method === 'points' && 'points' in content) {
    const { total, min_total: least } = method.settings;
    const given = sumOf(content.points);
    if (given > total) return t('problem.overspent', { count: given - total });
    if (given < least) return t('problem.pointsMissing', { count: least - given });
  }
  if (method.method === 'quadratic' && 'votes' in content) {
    const spent = Object.values(content.votes).reduce((sum, votes) => sum + costOf(votes), 0);
    if (spent > method.settings.credits) return t('problem.overspent', { count: spent - method.settings.credits });
  }
  return undefined;
}

/** One line of a ballot in words. */
export interface BallotLine {
  readonly key: string;
  /** e.g. 'Ada' */
  readonly title: string;
  /** e.g. '3 points', 'Very good', 'second' */
  readonly mark: string | undefined;
}

/** The ballot as its voter would read it aloud: what the review and the receipt show. */
export function linesOf({ method, options }: Election, content: BallotContent): BallotLine[] {
  const titleOf = (id: string) => options.find((option) => option.id === id)?.title ?? id;
  if ('choice' in content) return [{ key: content.choice, title: choiceText(content.choice), mark: undefined }];
  if ('options' in content) return content.options.map((id) => ({ key: id, title: titleOf(id), mark: undefined }));
  if ('ranking' in content)
    return content.ranking.map((id, i) => ({ key: id, title: titleOf(id), mark: formatNumber(i + 1) }));
  const marks = Object.values(content)[0] as Readonly<Record<string, number>>;
  const given = options.filter(({ id }) => marks[id] !== undefined);
  const textOf = (value: number): string => {
    if (method.method === 'judgment') return method.settings.grades[value] ?? '';
    if (method.method === 'quadratic') return t('count.votes', { count: value });
    if (method.method === 'points') return t('count.points', { count: value });
    return formatNumber(value);
  };
  return given.map(({ id, title }) => ({ key: id, title, mark: textOf(marks[id] as number) }));
}

export function choiceText(choice: 'yes' | 'no' | 'abstain'): string {
  return { yes: t('motion.yes'), no: t('motion.no'), abstain: t('motion.abstain') }[choice];
}
