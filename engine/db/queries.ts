import type { Transaction } from './connect.ts';

/** For the rest of the transaction: the application's role, one organisation, and the server's own time limit. */
export async function enterOrganisation(tx: Transaction, orgId: string, timeoutMs: number): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_app', true), set_config('app.org_id', ${orgId}, true),
    set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}

/** The same for one account and what is its own, outside any organisation. */
export async function enterAccount(tx: Transaction, accountId: string, timeoutMs: number): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_app', true), set_config('app.account_id', ${accountId}, true),
    set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}
