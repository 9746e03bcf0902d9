/** One row of the organisation's log, as the gateway gives it. */
export interface Entry {
  readonly pos: number;
  readonly kind: string;
  /** the meeting, election, member, group, import or key that it is about */
  readonly topic: string;
  readonly at: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A text of the payload; '' where there is none of this name. */
export function textIn({ payload }: Entry, name: string): string {
  const value = payload[name];
  return typeof value === 'string' ? value : '';
}

/** A figure of the payload; 0 where there is none of this name. */
export function figureIn({ payload }: Entry, name: string): number {
  const value = payload[name];
  return typeof value === 'number' ? value : 0;
}
