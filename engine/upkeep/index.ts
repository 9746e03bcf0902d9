export type { Retention } from './retention.ts';
export { type TaskState, type TaskSummary, UpkeepTasks } from './tasks.ts';
