export type { Retention } from './retention.ts';
export { type TaskSummary, UpkeepTasks } from './tasks.ts';
