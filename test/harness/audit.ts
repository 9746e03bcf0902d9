import type { AuditRecord, Engine } from '../../engine/index.ts';
import { accepted } from './engines.ts';

/** Takes everything in that waits for a chain: what is staged, and the log. */
export async function chainAll(engine: Engine, orgId: string): Promise<void> {
  const pos = await engine.feed.pos(orgId);
  if (pos > 0) await engine.audit.chain({ orgId, from: 1, to: pos });
  await engine.audit.chainChanges(orgId);
}

/** The newest entries of a chain, oldest first, after everything that waits was taken in. */
export async function auditOf(engine: Engine, orgId: string): Promise<readonly AuditRecord[]> {
  await chainAll(engine, orgId);
  return accepted(await engine.audit.list(orgId, { limit: 1_000 })).items.toReversed();
}

/** 'act subject', with ids taken out. */
export function actsOf(records: readonly AuditRecord[]): string[] {
  return records.map(({ entry }) => `${entry.act} ${entry.subject.split('/')[0]}`);
}
