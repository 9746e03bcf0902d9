import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Names under which a secret could reach a log line by mistake; in any object of a line and one level below. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'token',
  'secret',
  'password',
  'ticket',
  'api_key',
  'session_token',
  'sessionToken',
  'credential',
  'credentials',
  'cast_key',
  'castKey',
  'ballot',
  'ballots',
  'body',
];

/**
 * An error as a log may carry it. What else libraries hang on their errors stays out: PostgreSQL's `detail` quotes
 * the row, and a driver's error may hold the query with its parameters.
 */
function plainError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is no error was thrown' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { type: error.name, message: error.message, stack: error.stack, code };
}

export interface LogSettings {
  readonly level: LevelWithSilent;
  /** where the lines go; standard output if left out */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines. One line a request: {request_id, correlation_id, org_id, path, status, latency_ms, token_hash_prefix}.
 * Nobody logs tokens, cast keys or ballots; should somebody, the names above are blacked out.
 */
export function createLogger({ level, destination }: LogSettings): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: plainError, error: plainError },
    redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
