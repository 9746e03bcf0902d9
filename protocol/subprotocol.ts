// Without the schemas, so that pages that need no more than this do not carry them.

/** Subprotocol of the socket: `Sec-WebSocket-Protocol` of every connection. */
export const SUBPROTOCOL = 'psephos.v1';
/**
 * Why a socket is closed (with 1008) whose key, session or attendance was revoked, has changed or has expired: connect again
 * with what is good now. Who is refused then has lost access.
 */
export const ACCESS_ENDED = 'access ended';
/** A larger frame ends the connection. */
export const FRAME_MAX_BYTES = 64 * 1024;
