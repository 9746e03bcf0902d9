import type { NewElection } from './election.ts';

/** An election without its times and its meeting; a title and options may be left to the moment. */
export type ElectionPattern = Pick<NewElection, 'method'> &
  Partial<Omit<NewElection, 'method' | 'meetingId' | 'opensAt' | 'closesAt' | 'present'>>;

export interface Template {
  /** a UUID, or the name of a built-in one */
  readonly templateId: string;
  readonly name: string;
  readonly description: string;
  readonly election: ElectionPattern;
  readonly builtIn: boolean;
  /** null for built-in ones */
  readonly createdAt: Date | null;
}
