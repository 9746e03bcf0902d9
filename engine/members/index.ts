export type { Group } from './group.ts';
export { Groups } from './groups.ts';
export type { MemberImport } from './import.ts';
export { MemberImports } from './imports.ts';
export type { Invitation } from './invitation.ts';
export { Invitations } from './invitations.ts';
export type { Member, MemberFilter, MemberQuery, MembersActor } from './member.ts';
export { Members } from './members.ts';
