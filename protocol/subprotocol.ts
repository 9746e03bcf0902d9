// Without the schemas, so that pages that need no more than this do not carry them.

/** Subprotocol of the socket: `Sec-WebSocket-Protocol` of every connection. */
export const SUBPROTOCOL = 'psephos.v1';
/** A larger frame ends the connection. */
export const FRAME_MAX_BYTES = 64 * 1024;
