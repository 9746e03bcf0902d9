export { Accounts } from './accounts.ts';
export { Idempotency } from './idempotency.ts';
export type { Identity, Role } from './identity.ts';
