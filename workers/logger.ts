import type { Logger as PinoLogger } from 'pino';

/** Where workers say what they do: JSON lines, as the gateway's. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;
