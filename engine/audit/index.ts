export { chainName } from './archive.ts';
export { Audit, type AuditRecord } from './audit.ts';
export { canonicalJson, type Json } from './canonical.ts';
export { type AuditEntry, hashOfEntry } from './entry.ts';
export { readHeads } from './head-files.ts';
export { isSigned, type PublishedHead } from './heads.ts';
export type { Verification } from './verify.ts';
