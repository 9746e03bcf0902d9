import { formatNumber } from '../../ui/i18n.ts';
import { t } from '../texts.ts';
import { emptyContent } from './checks.ts';
import { ChooseForm } from './choose.tsx';
import { type BallotContent, type Election, sumOf } from './content.ts';
import { MotionForm } from './motion.tsx';
import { RankingForm } from './ranking.tsx';
import { JudgmentForm, ScoreForm } from './scale.tsx';
import { PointsForm, QuadraticForm, spentOf } from './spending.tsx';

interface FormProps {
  readonly election: Election;
  readonly content: BallotContent | undefined;
  readonly onChange: (content: BallotContent) => void;
}

/** The ballot of an election's method. Content of another method (an election that was edited) counts as none. */
export function BallotForm({ election, content: kept, onChange }: FormProps) {
  const { method } = election;
  const content = kept ?? emptyContent(election);
  const shared = { election, onChange };
  if (method.method === 'motion') {
    return (
      <MotionForm content={content !== undefined && 'choice' in content ? content : undefined} onChange={onChange} />
    );
  }
  if (method.method === 'choose' && content !== undefined && 'options' in content) {
    return <ChooseForm {...shared} settings={method.settings} content={content} />;
  }
  if (method.method === 'score' && content !== undefined && 'scores' in content) {
    return <ScoreForm {...shared} settings={method.settings} content={content} />;
  }
  if (method.method === 'judgment' && content !== undefined && 'grades' in content) {
    return <JudgmentForm {...shared} settings={method.settings} content={content} />;
  }
  if (method.method === 'points' && content !== undefined && 'points' in content) {
    return <PointsForm {...shared} settings={method.settings} content={content} />;
  }
  if (method.method === 'quadratic' && content !== undefined && 'votes' in content) {
    return <QuadraticForm {...shared} settings={method.settings} content={content} />;
  }
  const ranking = content !== undefined && 'ranking' in content ? content : { ranking: [] };
  return <RankingForm {...shared} content={ranking} />;
}

/** How far the ballot is filled in, always in view: what is left, how many are marked. */
export function progressOf({ method, options }: Election, content: BallotContent | undefined): string {
  const all = formatNumber(options.length);
  const given = (values: object) => formatNumber(Object.keys(values).length);
  if (content === undefined) return t('motion.hint');
  if ('choice' in content) return '';
  if (method.method === 'choose' && 'options' in content) {
    return t('choose.marked', { marked: content.options.length, max: method.settings.max });
  }
  if (method.method === 'points' && 'points' in content) {
    const { total } = method.settings;
    return t('points.left', { left: formatNumber(total - sumOf(content.points)), total: formatNumber(total) });
  }
  if (method.method === 'quadratic' && 'votes' in content) {
    const { credits } = method.settings;
    return t('quadratic.left', {
      left: formatNumber(credits - spentOf(content.votes)),
      credits: formatNumber(credits),
    });
  }
  if ('scores' in content) return t('score.given', { given: given(content.scores), all });
  if ('grades' in content) return t('judgment.given', { given: given(content.grades), all });
  return t('rank.given', { given: given('ranking' in content ? content.ranking : {}), all });
}
