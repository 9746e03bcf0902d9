export { Accounts, type Identity, type Role } from './accounts.ts';
export { Idempotency } from './idempotency.ts';
