import type { Actor } from './actor.ts';
import type { Transaction } from './connect.ts';

/** For the rest of the transaction: the application's role, one organisation, who acts, and the server's own time limit. */
export async function enterOrganisation(
  tx: Transaction,
  orgId: string,
  timeoutMs: number,
  { actor, origin, requestId }: Actor,
): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_app', true), set_config('app.org_id', ${orgId}, true),
    set_config('app.actor', ${actor}, true), set_config('app.origin', ${origin}, true),
    set_config('app.request_id', ${requestId}, true), set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}

/** The same for one account and what is its own, outside any organisation. */
export async function enterAccount(
  tx: Transaction,
  accountId: string,
  timeoutMs: number,
  { actor, origin, requestId }: Actor,
): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_app', true), set_config('app.account_id', ${accountId}, true),
    set_config('app.actor', ${actor}, true), set_config('app.origin', ${origin}, true),
    set_config('app.request_id', ${requestId}, true), set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}

/** The same for functions that name their organisation themselves. */
export async function enterAct(tx: Transaction, timeoutMs: number, { actor, origin, requestId }: Actor): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_app', true), set_config('app.actor', ${actor}, true),
    set_config('app.origin', ${origin}, true), set_config('app.request_id', ${requestId}, true),
    set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}

/** The same for the worker's role, over all organisations: their logs, and what jobs are made of. */
export async function enterWorker(tx: Transaction, timeoutMs: number): Promise<void> {
  await tx`SELECT set_config('role', 'psephos_worker', true), set_config('statement_timeout', ${String(timeoutMs)}, true),
    set_config('idle_in_transaction_session_timeout', ${String(timeoutMs)}, true)`;
}
