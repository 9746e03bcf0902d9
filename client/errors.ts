import type { ErrorCode } from '../protocol/errors.ts';

/** An error code of the protocol, or UNREACHABLE: no gateway answered in time and nothing of the request was sent. */
export type ClientCode = ErrorCode | 'UNREACHABLE';

export type Details = Readonly<Record<string, unknown>>;

/** Why a call did not do what it was asked to. `code` is for programs, `message` for people. */
export class PsephosError extends Error {
  override readonly name = 'PsephosError';
  readonly code: ClientCode;
  /** HTTP status; 0 where there was none */
  readonly status: number;
  readonly details: Details;
  /** what the gateway's log knows the request by */
  readonly requestId: string | undefined;

  constructor(
    code: ClientCode,
    message: string,
    more: { readonly status?: number; readonly details?: Details; readonly requestId?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.status = more.status ?? 0;
    this.details = more.details ?? {};
    this.requestId = more.requestId;
  }
}
