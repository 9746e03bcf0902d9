import type { Transaction } from './connect.ts';

/** For the rest of the transaction: the application's role, one organisation, and the server's own time limit. */
export async function enterOrganisation(tx: Transaction, orgId: string, timeoutMs: number): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_app', true), set_config('app.org_id', ${orgId}, true),
    set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}
