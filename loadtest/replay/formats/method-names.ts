import { METHOD_IDS, type MethodId } from '../../../protocol/methods/index.ts';

/** A way to mark options that is a setting of `choose`. */
export type ChooseVariant = 'plurality' | 'block' | 'approval';

export interface NamedMethod {
  readonly method: MethodId;
  readonly variant?: ChooseVariant;
}

const ALIASES: Readonly<Record<string, NamedMethod>> = {
  plurality: { method: 'choose', variant: 'plurality' },
  fptp: { method: 'choose', variant: 'plurality' },
  'first-past-the-post': { method: 'choose', variant: 'plurality' },
  block: { method: 'choose', variant: 'block' },
  'block-vote': { method: 'choose', variant: 'block' },
  approval: { method: 'choose', variant: 'approval' },
  range: { method: 'score' },
  scoring: { method: 'score' },
  'majority-judgment': { method: 'judgment' },
  mj: { method: 'judgment' },
  cumulative: { method: 'points' },
  'dot-voting': { method: 'points' },
  'instant-runoff': { method: 'irv' },
  'alternative-vote': { method: 'irv' },
  av: { method: 'irv' },
  'single-transferable-vote': { method: 'stv' },
  condorcet: { method: 'schulze' },
  beatpath: { method: 'schulze' },
};

const RANKED_CHOICE = ['rcv', 'ranked-choice'];

/**
 * The method a person means: an id of protocol/methods or a usual name of one, whatever its case and word breaks.
 * 'rcv' is irv for one seat and stv for more. null: nobody's name.
 */
export function namedMethod(name: string, seats: number): NamedMethod | null {
  const usual = name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');
  const id = METHOD_IDS.find((method) => method === usual);
  if (id !== undefined) return { method: id };
  if (RANKED_CHOICE.includes(usual)) return { method: seats > 1 ? 'stv' : 'irv' };
  return Object.hasOwn(ALIASES, usual) ? (ALIASES[usual] ?? null) : null;
}
