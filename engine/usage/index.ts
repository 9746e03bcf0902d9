export type { Quotas, Use } from './amounts.ts';
export { Usage } from './usage.ts';
