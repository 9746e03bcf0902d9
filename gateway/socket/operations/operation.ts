import type { z } from 'zod';
import type { OperationName, RequestOf } from '../../../protocol/frames.ts';
import { socketOperations } from '../../../protocol/frames.ts';
import type { Connection } from '../connection.ts';
import type { Gate } from '../gate.ts';

/** One operation of the socket: the schema of its frame, and what is done with a frame that fits it. */
export interface SocketOperation<Frame = never> {
  readonly name: OperationName;
  readonly schema: z.ZodType<Frame>;
  /** Replies once, now or later. A rejection is a bug. */
  handle(gate: Gate, connection: Connection, frame: Frame): Promise<void> | void;
}

/** Joins a handler to the schema of its name. */
export function operation<Name extends OperationName>(
  name: Name,
  handle: SocketOperation<RequestOf<Name>>['handle'],
): SocketOperation {
  const schema = socketOperations[name].request as unknown as z.ZodType<RequestOf<Name>>;
  return { name, schema, handle } as unknown as SocketOperation;
}
