import { createHash } from 'node:crypto';
import type { SearchDifference } from './backend.ts';
import type { SearchDocument } from './document.ts';

/** One hash over all that a document says: equal where two places have the same. */
export interface DocumentDigest {
  readonly id: string;
  readonly digest: string;
}

export function digestOf(document: SearchDocument): DocumentDigest {
  const { kind, id, language, title, body, meetingId, state, draft, at, audience, idea } = document;
  const facts = idea && [idea.campaignId, idea.tags, idea.submitterName, idea.coinCount, idea.contextId];
  const said = [kind, id, language, title, body, meetingId, state, draft, at.toISOString(), audience, facts];
  return { id, digest: createHash('sha256').update(JSON.stringify(said)).digest('base64') };
}

/** What `stored` lacks, has otherwise, or has too much, against what is so. */
export function differencesBetween(
  present: readonly DocumentDigest[],
  stored: readonly DocumentDigest[],
): { readonly id: string; readonly problem: SearchDifference['problem'] }[] {
  const digests = new Map(stored.map(({ id, digest }) => [id, digest]));
  const wrong: { id: string; problem: SearchDifference['problem'] }[] = [];
  for (const { id, digest } of present) {
    const found = digests.get(id);
    digests.delete(id);
    if (found === undefined) wrong.push({ id, problem: 'missing' });
    else if (found !== digest) wrong.push({ id, problem: 'differs' });
  }
  for (const id of digests.keys()) wrong.push({ id, problem: 'left over' });
  return wrong;
}
