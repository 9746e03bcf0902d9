import type { Sql, Transaction } from './connect.ts';

/** SQL of what other rooms say to the audit themselves. Changes of rows are seen by triggers and need no word. */

/** The audit chain of what belongs to no organisation: accounts, keys of the server. */
export const PLATFORM_CHAIN = '00000000-0000-0000-0000-000000000000';

/** Within the transaction of an act that leaves no row in an audited table. @param facts nobody's personal data: how many */
export async function noteAct(
  sql: Sql | Transaction,
  orgId: string,
  act: string,
  subject: string,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  const tagged = sql as Sql; // a transaction is called in the same way; TypeScript cannot call a union of the two
  await tagged`SELECT door.audit_note(${orgId}, ${act}, ${subject}, ${tagged.json(facts)})`;
}

/**
 * Erases a person's details from one chain, within the transaction that erases the person: old and new values, and where
 * requests came from. The chain stays whole.
 * @param orgId the organisation's chain, or the nil UUID for the platform's
 * @param persons the ids by which the person is known there: of the member, of the account
 */
export async function eraseFromAudit(tx: Transaction, orgId: string, persons: readonly string[]): Promise<void> {
  await tx`SELECT door.audit_erase(${orgId}, ${`{${persons.join()}}`}::text::uuid[])`;
}
