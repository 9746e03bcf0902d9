export type { Retention } from './retention.ts';
export { type TaskState, type TaskSummary, type UpkeepTask, UpkeepTasks } from './tasks.ts';
