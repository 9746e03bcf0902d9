import type { ResultView } from '../../client/index.ts';
import type { ElectionView } from '../../protocol/elections.ts';
import type { StandingView } from '../../protocol/standing.ts';
import { formatAmount, t } from './i18n.ts';
import type { IconName } from './icon.tsx';

type MethodName = ElectionView['method']['method'];

/** A voting method as people call it. */
export function methodName(method: MethodName): string {
  const names: Readonly<Record<MethodName, string>> = {
    motion: t('method.motion'),
    choose: t('method.choose'),
    score: t('method.score'),
    judgment: t('method.judgment'),
    points: t('method.points'),
    quadratic: t('method.quadratic'),
    irv: t('method.irv'),
    stv: t('method.stv'),
    borda: t('method.borda'),
    schulze: t('method.schulze'),
  };
  return names[method];
}

/** What the figures of a method count. */
export function figureName(method: MethodName): string {
  const names: Readonly<Record<MethodName, string>> = {
    motion: t('figure.votes'),
    quadratic: t('figure.votes'),
    choose: t('figure.marks'),
    score: t('figure.points'),
    points: t('figure.points'),
    borda: t('figure.points'),
    judgment: t('figure.grades'),
    irv: t('figure.first'),
    stv: t('figure.first'),
    schulze: t('figure.first'),
  };
  return names[method];
}

export function stateName(state: ElectionView['state']): string {
  const names: Readonly<Record<ElectionView['state'], string>> = {
    draft: t('state.draft'),
    open: t('state.open'),
    closed: t('state.closed'),
    published: t('state.published'),
    cancelled: t('state.cancelled'),
  };
  return names[state];
}

/** The options of a motion are named in the page's language; all others are the organiser's own words. */
export function optionTitle({ method, options }: Pick<ElectionView, 'method' | 'options'>, id: string): string {
  if (method.method === 'motion') {
    const names: Readonly<Record<string, string>> = { yes: t('choice.yes'), no: t('choice.no') };
    if (names[id] !== undefined) return names[id];
  }
  return options.find((option) => option.id === id)?.title ?? id;
}

/** Yes and no carry the signs of their buttons; all other options their letter. */
export function optionSign({ method }: Pick<ElectionView, 'method'>, id: string): IconName | undefined {
  if (method.method !== 'motion') return undefined;
  return id === 'yes' ? 'check' : 'cross';
}

/** The result in one line. */
export function headline(election: Pick<ElectionView, 'method' | 'options'>, { ruling }: ResultView): string {
  if (ruling.outcome === 'carried') return t('result.carried');
  if (ruling.outcome === 'not_carried') return t('result.notCarried');
  if (ruling.elected.length === 0) return t('result.noneElected');
  return t('result.elected', { names: ruling.elected.map((id) => optionTitle(election, id)).join(', ') });
}

/** The rule in words with its figures: what was needed and what was given. */
export function rulingWords({ ruling }: Pick<ResultView, 'ruling'>): readonly string[] {
  const { majority, quorum, tie } = ruling;
  return [
    ...(ruling.quorum_reached ? [] : [t('result.noQuorum')]),
    ...(tie ? [t('result.tie')] : []),
    ...(majority === null
      ? []
      : [
          t('result.majority', {
            given: formatAmount(majority.given),
            base: formatAmount(majority.base_weight),
            baseName: baseName(majority.base),
            needed: formatAmount(majority.needed),
          }),
        ]),
    ...(quorum === null
      ? []
      : [t('result.quorum', { given: formatAmount(quorum.given), needed: formatAmount(quorum.needed) })]),
  ];
}

type Base = NonNullable<ResultView['ruling']['majority']>['base'];

function baseName(base: Base): string {
  const names: Readonly<Record<Base, string>> = {
    valid: t('base.valid'),
    with_abstentions: t('base.with_abstentions'),
    present: t('base.present'),
    roll: t('base.roll'),
  };
  return names[base];
}

/** Where quorum and majority stand now, in sentences. */
export function standingWords(standing: StandingView | null): readonly string[] {
  if (standing === null) return [];
  const { quorum, majority, outcome } = standing;
  return [
    ...(quorum === null
      ? []
      : [
          quorum.reached
            ? t('standing.quorumReached', { given: formatAmount(quorum.given), needed: formatAmount(quorum.needed) })
            : t('standing.quorumMissing', { missing: formatAmount(quorum.missing) }),
        ]),
    ...(majority === null
      ? []
      : [
          Number(majority.base_weight) === 0
            ? t('standing.nothingYet')
            : t(outcome === 'carried' || outcome === 'elected' ? 'standing.carried' : 'standing.notCarried', {
                given: formatAmount(majority.given),
                base: formatAmount(majority.base_weight),
                baseName: baseName(majority.base),
                needed: formatAmount(majority.needed),
              }),
        ]),
  ];
}
