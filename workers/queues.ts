import { auditChanges, auditLog, auditUpkeep } from './audit.ts';
import { campaigns } from './campaigns.ts';
import { notifyLog, notifySchedules } from './notify.ts';
import type { FollowingQueue } from './queue.ts';
import { searchChanges, searchUpkeep } from './search.ts';
import { upkeep } from './upkeep.ts';
import { webhookEvents } from './webhook-events.ts';

/** Every queue. A background job is added by its own file and a line here. */
export const queues: readonly FollowingQueue<unknown>[] = [
  auditLog,
  auditChanges,
  auditUpkeep,
  searchChanges,
  searchUpkeep,
  upkeep,
  notifyLog,
  notifySchedules,
  webhookEvents,
  campaigns,
];
