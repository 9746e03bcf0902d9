export { type Quotas, Usage, type Use } from './usage.ts';
