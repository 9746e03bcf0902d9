/**
 * What an error of the database means for the statement that met it.
 * - `unsent`: no connection came about; nothing was written
 * - `in_doubt`: the connection died or went silent after the statement was sent; it may have been committed
 * - `retry`: the server refused it whole and would take it again (deadlock, cancelled, lock not available)
 * - `data`: a value in it is at fault (SQLSTATE class 22 or 23); nothing was written
 * - `bug`: anything else; nothing was written
 */
type DatabaseFailure = 'unsent' | 'in_doubt' | 'retry' | 'data' | 'bug';

/** A statement took longer than its limit: its connection is given up, its fate unknown. */
export class StatementTimeout extends Error {
  override readonly name = 'StatementTimeout';
}

const UNSENT = new Set([
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECTION_ENDED', // the pool was told to end before the statement was taken
  '28000',
  '28P01',
  '3D000',
  '53300',
  '57P03', // refused at the door: credentials, no database, too many, starting up
]);
const IN_DOUBT = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P05', // the server is being shut down, has crashed, or dropped an idle session
  '08000',
  '08003',
  '08006',
  '08P01',
]);
const RETRY = new Set(['40001', '40P01', '55P03', '57014', '25P03', '25P04']);

export function classifyFailure(error: unknown): DatabaseFailure {
  if (error instanceof StatementTimeout) return 'in_doubt';
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return 'bug';
  if (UNSENT.has(code)) return 'unsent';
  if (IN_DOUBT.has(code)) return 'in_doubt';
  if (RETRY.has(code)) return 'retry';
  if (/^2[23]/.test(code)) return 'data';
  return 'bug';
}

/** True where the error says that the database could not be had, as opposed to that it refused a statement. */
export function isAway(failure: DatabaseFailure): boolean {
  return failure === 'unsent' || failure === 'in_doubt';
}

/**
 * True where a job may well be done later as it stands: the database is away, or was too busy to have it now.
 * @param error what an engine's method threw
 */
export function isAwayError(error: unknown): boolean {
  const failure = classifyFailure(error);
  return isAway(failure) || failure === 'retry';
}
