export { Accounts } from './accounts.ts';
export { Idempotency } from './idempotency.ts';
export type { Caller, Identity, Person, Role } from './identity.ts';
