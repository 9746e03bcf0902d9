import type { ImportEncoding, ImportProblem } from '../../protocol/member-imports.ts';
import type { Column } from './csv/columns.ts';
import type { Separator } from './csv/records.ts';
import type { MemberRole, MemberStatus } from './member.ts';

export interface ImportError {
  /** where the row begins; the heading is on line 1 */
  readonly line: number;
  /** heading of the column; null where the whole row is meant */
  readonly column: string | null;
  readonly problem: ImportProblem;
  readonly message: string;
  /** shortened */
  readonly value: string;
}

/** A row as it is kept until the import is accepted; null: the file says nothing. */
export interface StagedRow {
  readonly line: number;
  readonly number: string | null;
  readonly name: string | null;
  readonly email: string | null;
  /** sorted */
  readonly roles: readonly MemberRole[] | null;
  readonly status: MemberStatus | null;
  /** micro-units as decimal text: JSON has no such numbers */
  readonly weight: string | null;
  /** sorted */
  readonly group_ids: readonly string[] | null;
  readonly new_groups: readonly string[];
  readonly note: string | null;
}

/** A member as the import would leave it. */
export interface SampleRow {
  readonly line: number;
  readonly action: 'new' | 'changed' | 'unchanged';
  readonly number: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly roles: readonly MemberRole[];
  readonly status: MemberStatus;
  /** micro-units as decimal text */
  readonly weight: string;
  readonly groups: readonly string[];
  /** who the member is now, where the row changes it */
  readonly before: { readonly name: string; readonly email: string | null } | null;
}

/** What a preview shows; kept as JSON. */
export interface ImportReport {
  readonly encoding: ImportEncoding;
  readonly separator: Separator;
  readonly columns: readonly Column[];
  readonly counts: {
    readonly rows: number;
    readonly new: number;
    readonly changed: number;
    readonly unchanged: number;
    readonly wrong: number;
  };
  readonly newGroups: readonly string[];
  /** the first ones, by line */
  readonly errors: readonly ImportError[];
  readonly errorsTotal: number;
  readonly sample: readonly SampleRow[];
}

export interface MemberImport extends ImportReport {
  readonly importId: string;
  readonly state: 'preview' | 'accepted' | 'expired';
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
}

export interface NewImport {
  /** the file as it came */
  readonly bytes: Uint8Array;
  /** left out: UTF-8 */
  readonly encoding?: ImportEncoding | undefined;
  readonly createGroups?: boolean | undefined;
}
