import { randomUUID } from 'node:crypto';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { changedElection, completeElection } from './create.ts';
import { deleteDraft, editDraft } from './draft-queries.ts';
import type { Election, ElectionChanges, NewElection } from './election.ts';
import { insertElection, meetingExists, selectElection } from './queries.ts';
import { missingReference } from './references.ts';
import { forbidden, NO_ELECTION } from './refusals.ts';

/** Elections before they open: made, copied, changed, taken away. */
export class Drafts {
  readonly #database: Database;
  readonly #changed: (orgId: string, electionId: string) => void;

  /** @param changed told after each write */
  constructor(database: Database, changed: (orgId: string, electionId: string) => void) {
    this.#database = database;
    this.#changed = changed;
  }

  async create(orgId: string, input: NewElection, actor: string): Promise<Outcome<Election>> {
    const complete = completeElection(input);
    if (!complete.ok) return complete;
    const { meetingId } = complete.value;
    const electionId = randomUUID();
    return guarded(async () => {
      const made = await this.#database.management.withOrg(orgId, async (tx): Promise<Outcome<Election>> => {
        if (meetingId !== null && !(await meetingExists(tx, orgId, meetingId))) {
          return refuse('not_found', 'There is no such meeting.', { details: { resource: 'meeting' } });
        }
        const missing = await missingReference(tx, orgId, complete.value);
        if (missing !== null) return missing;
        await insertElection(tx, orgId, electionId, complete.value, actor);
        return accept((await selectElection(tx, orgId, electionId)) as Election);
      });
      if (made.ok) this.#changed(orgId, electionId);
      return made;
    });
  }

  /** A draft like another election, in whatever state that is; times stay behind. */
  async copy(
    orgId: string,
    electionId: string,
    changes: { readonly title?: string | undefined; readonly meetingId?: string | null | undefined },
    actor: string,
  ): Promise<Outcome<Election>> {
    return guarded(async () => {
      const election = await this.#database.management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
      if (election === undefined) return NO_ELECTION;
      const { title, meetingId } = changes;
      const input = { ...election, opensAt: null, closesAt: null, present: null };
      return this.create(
        orgId,
        {
          ...input,
          title: title ?? election.title,
          meetingId: meetingId === undefined ? election.meetingId : meetingId,
        },
        actor,
      );
    });
  }

  /** What is left out stays, null takes away. Two edits at once: one of them is told. */
  async edit(orgId: string, electionId: string, changes: ElectionChanges, actor: string): Promise<Outcome<Election>> {
    return guarded(async () => {
      const { management } = this.#database;
      const draft = await management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
      if (draft === undefined) return NO_ELECTION;
      if (draft.state !== 'draft') return notADraft(draft.state);
      // a time that has passed while nobody looked does not stand in the way of another title
      const timed = changes.opensAt !== undefined || changes.closesAt !== undefined;
      const next = completeElection(changedElection(draft, changes), timed ? Date.now() : 0);
      if (!next.ok) return next;
      const missing = await management.withOrg(orgId, (tx) => missingReference(tx, orgId, next.value));
      if (missing !== null) return missing;
      const answer = await management.act((sql) =>
        editDraft(sql, orgId, electionId, next.value, draft.changedPos, actor),
      );
      if (answer === 'changed') return forbidden(answer);
      if (answer !== 'done') return answer === 'not_found' ? NO_ELECTION : notADraft(answer);
      this.#changed(orgId, electionId);
      const edited = await management.withOrg(orgId, (tx) => selectElection(tx, orgId, electionId));
      return edited === undefined ? NO_ELECTION : accept(edited);
    });
  }

  async remove(orgId: string, electionId: string, actor: string): Promise<Outcome<null>> {
    return guarded(async () => {
      const answer = await this.#database.management.act((sql) => deleteDraft(sql, orgId, electionId, actor));
      if (answer !== 'done') return answer === 'not_found' ? NO_ELECTION : notADraft(answer);
      this.#changed(orgId, electionId);
      return accept(null);
    });
  }
}

function notADraft(state: string): Outcome<never> {
  return refuse('conflict', 'Only a draft can be changed or deleted. Copy the vote to begin another one.', {
    details: { reason: 'not_a_draft', state },
  });
}
