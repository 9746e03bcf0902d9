import type { Transaction } from '../db/index.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { ElectionChanges } from './election.ts';
import { findPictures, groupExists } from './reference-queries.ts';

/**
 * What an election or a template names besides itself has to be there, in its organisation. Its pictures count as used from
 * now on, whatever becomes of the transaction's other work.
 * @param at where the election stands in the request, e.g. 'election.'
 * @returns null where nothing is missing
 */
export async function missingReference(
  tx: Transaction,
  orgId: string,
  { options = [], rollGroupId = null }: Pick<ElectionChanges, 'options' | 'rollGroupId'>,
  at: '' | 'election.' = '',
): Promise<Outcome<never> | null> {
  if (rollGroupId !== null && !(await groupExists(tx, orgId, rollGroupId))) {
    return refuse('invalid_input', 'The group whose members should vote is not there.', {
      details: { fields: [{ path: `${at}roll_group_id`, problem: 'no such group' }] },
    });
  }
  const pictures = options.flatMap(({ picture }) => (picture === undefined ? [] : [picture]));
  const found = await findPictures(tx, orgId, pictures);
  const place = options.findIndex(({ picture }) => picture !== undefined && !found.has(picture));
  if (place < 0) return null;
  return refuse('invalid_input', 'An option names a picture that is not there. Upload it first.', {
    details: { fields: [{ path: `${at}options.${place}.picture`, problem: 'no such picture' }] },
  });
}
