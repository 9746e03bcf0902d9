import type { AccountRooms } from './accounts/index.ts';
import type { Pictures } from './elections/index.ts';
import { limits } from './limits.ts';
import type { Members } from './members/index.ts';

type Erase = (limit: number) => Promise<number>;

/**
 * What nobody needs any more, over all organisations. Each erases at most `limit` rows in one statement, answers how many,
 * and throws the database's errors; several gateways may do it at once.
 */
export interface Upkeep {
  /** pictures that no option has named in a day */
  readonly unusedPictures: Erase;
  /** accounts that nobody has proven to be theirs in a week */
  readonly unprovenAccounts: Erase;
  /** words in the lexicon of searches that no member has any more */
  readonly unusedWords: Erase;
}

export function openUpkeep(pictures: Pictures, registration: AccountRooms['registration'], members: Members): Upkeep {
  return {
    unusedPictures: (limit) => pictures.forgetUnused(limit),
    unprovenAccounts: (limit) => registration.forgetUnproven(limit),
    unusedWords: (limit) => members.forgetWords(limit),
  };
}

/** Everything that there is to erase now, a statement at a time. */
export async function eraseAll(upkeep: Upkeep): Promise<void> {
  for (const erase of [upkeep.unusedPictures, upkeep.unprovenAccounts, upkeep.unusedWords]) {
    while ((await erase(limits.upkeepMaxRows)) === limits.upkeepMaxRows);
  }
}
