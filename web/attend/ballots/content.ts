import type { ElectionView } from '../../../protocol/elections.ts';

/** A ballot as it is filled in and as it is sent, by voting method (see Ballot in the API's documentation). */
export type BallotContent =
  | { readonly choice: 'yes' | 'no' | 'abstain' }
  | { readonly options: readonly string[] }
  | { readonly scores: Readonly<Record<string, number>> }
  | { readonly grades: Readonly<Record<string, number>> }
  | { readonly points: Readonly<Record<string, number>> }
  | { readonly votes: Readonly<Record<string, number>> }
  | { readonly ranking: readonly string[] };

export type Election = ElectionView;
export type Option = Election['options'][number];
export type MethodName = Election['method']['method'];
export type SettingsOf<M extends MethodName> = Extract<Election['method'], { method: M }>['settings'];

/** What each method's form is given. */
export interface BallotFormProps<M extends MethodName, C extends BallotContent> {
  readonly election: Election;
  readonly settings: SettingsOf<M>;
  readonly content: C;
  readonly onChange: (content: C) => void;
}

/** The sum of a record's values. */
export function sumOf(values: Readonly<Record<string, number>>): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

/** What so many votes for one option cost in a quadratic vote. */
export function costOf(votes: number): number {
  return votes * votes;
}

/** The record with one value set; zero stands for none and is left out. */
export function withValue(
  values: Readonly<Record<string, number>>,
  key: string,
  value: number | undefined,
): Readonly<Record<string, number>> {
  const { [key]: _, ...others } = values;
  return value === undefined ? others : { ...others, [key]: value };
}
