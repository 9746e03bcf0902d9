import { z } from 'zod';
import type { MemberImport } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { importQuery, type MemberImportView, memberImport } from '../../protocol/member-imports.ts';
import { id } from '../../protocol/text.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { membersActor } from './members.ts';
import { type Operation, operation, replyWith, type UploadedFile } from './operation.ts';

const TAG = 'Member imports';
const importParams = z.strictObject({ import_id: id });

function viewOf(found: MemberImport): MemberImportView {
  return {
    import_id: found.importId,
    state: found.state,
    encoding: found.encoding,
    separator: found.separator,
    columns: found.columns.map(({ heading, field }) => ({ heading, field })),
    counts: { ...found.counts },
    new_groups: [...found.newGroups],
    errors: [...found.errors],
    errors_total: found.errorsTotal,
    sample: found.sample.map((row) => ({
      ...row,
      roles: [...row.roles],
      groups: [...row.groups],
      before: row.before === null ? null : { ...row.before },
      weight: votesOfMicro(BigInt(row.weight)),
    })),
    created_at: found.createdAt.toISOString(),
    expires_at: found.expiresAt.toISOString(),
    accepted_at: found.acceptedAt?.toISOString() ?? null,
  };
}

const preview = operation({
  id: 'previewMemberImport',
  method: 'post',
  path: '/v1/member-imports',
  tag: TAG,
  summary: 'Send a list of members and see what it would change',
  description:
    'Send the CSV file itself: a heading, then one line for each member. Columns are known by their headings in English ' +
    'or German; separators are commas, semicolons or tabs. Members are recognised by number, else by e-mail address; the ' +
    'founder of the organisation by e-mail address until a list gives a number instead of "founder". An empty cell ' +
    'leaves what is there. Nothing is changed until the import is accepted; it waits a day for that.',
  permission: 'members.manage',
  query: importQuery,
  file: {
    mediaTypes: ['text/csv', 'text/plain', 'application/vnd.ms-excel'],
    maxBytes: limits.importMaxBytes,
    description: 'At most 8 MB and 50,000 rows.',
  },
  creates: true,
  success: { 201: { description: 'What accepting it would do.', schema: memberImport } },
  failures: ['invalid_input', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, query, file }) => {
    const { bytes } = file as UploadedFile; // the operation takes one, so it is there
    const input = { bytes, encoding: query.encoding, createGroups: query.create_groups };
    const outcome = await engine.memberImports.preview(identity.orgId, input, membersActor(identity));
    return replyWith(outcome, (made) => ({
      status: 201,
      body: viewOf(made),
      headers: { location: `/v1/member-imports/${made.importId}` },
    }));
  },
});

const get = operation({
  id: 'getMemberImport',
  method: 'get',
  path: '/v1/member-imports/{import_id}',
  tag: TAG,
  summary: 'Read an import',
  permission: 'members.manage',
  params: importParams,
  success: { 200: { description: 'The import.', schema: memberImport } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.memberImports.get(identity.orgId, params.import_id), (found) => ({
      status: 200,
      body: viewOf(found),
      etag: `${found.importId}-${found.state}`,
    }));
  },
});

const accept = operation({
  id: 'acceptMemberImport',
  method: 'post',
  path: '/v1/member-imports/{import_id}/accept',
  tag: TAG,
  summary: 'Accept an import',
  description:
    'All rows or none, once: sending it again answers the same. Refused with details.reason: has_errors; expired; stale, ' +
    'where members of the list have changed since the preview.',
  permission: 'members.manage',
  params: importParams,
  success: { 200: { description: 'The accepted import.', schema: memberImport } },
  failures: ['not_found', 'conflict', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    const outcome = await engine.memberImports.accept(identity.orgId, params.import_id, membersActor(identity));
    return replyWith(outcome, (found) => ({ status: 200, body: viewOf(found) }));
  },
});

const remove = operation({
  id: 'deleteMemberImport',
  method: 'delete',
  path: '/v1/member-imports/{import_id}',
  tag: TAG,
  summary: 'Throw an import away',
  description: 'The list is erased. What was accepted stays.',
  permission: 'members.manage',
  params: importParams,
  success: { 204: { description: 'It is gone.' } },
  failures: ['not_found', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, params }) => {
    return replyWith(await engine.memberImports.delete(identity.orgId, params.import_id), () => ({ status: 204 }));
  },
});

export const memberImportOperations: readonly Operation[] = [preview, get, accept, remove];
