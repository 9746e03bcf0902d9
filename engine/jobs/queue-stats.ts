/** What a worker says of a queue. */
export interface QueueStats {
  readonly queue: string;
  /** jobs that wait for a worker */
  readonly waiting: number;
  readonly active: number;
  /** jobs that wait for their time, or for their next attempt */
  readonly delayed: number;
  /** attempts that failed: written, since the last writing; read, since the database began */
  readonly failed: number;
  /** jobs that were done; counted like `failed` */
  readonly done: number;
  /** how long the first of the waiting jobs has waited; 0 where none waits */
  readonly oldestAgeMs: number;
}
