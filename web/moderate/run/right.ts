import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PsephosHttp } from '../../../client/index.ts';

/** By what right this page acts, and how far it goes. */
export interface Right {
  /** calls with it */
  readonly http: PsephosHttp;
  /** true: leads the meeting; false: watches over it, so nothing is offered that would be refused */
  readonly leads: boolean;
  /** true: by a role in the organisation; false: by one in this meeting, which opens nothing beside it */
  readonly ofOrganisation: boolean;
}

export const RightContext = createContext<Right | undefined>(undefined);

/** The right of the page around; every part of it acts with the same one. */
export function useRight(): Right {
  const right = useContext(RightContext);
  if (right === undefined) throw new Error('outside the page of a meeting');
  return right;
}
