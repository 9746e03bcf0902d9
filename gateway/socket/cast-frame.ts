import type { CastFrame } from '../../protocol/frames/cast.ts';
import { REQUEST_ID_MAX_CHARACTERS } from '../../protocol/frames/request-id.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const KEY = /^[0-9a-f]{32}$/;
const TOKEN = /^[\x21-\x7e]{16,256}$/;

/** id, op, election, ballot, cast_key: what every cast has. */
const FIELDS_ALWAYS = 5;

/**
 * True for a parsed frame that the schema `castFrame` takes as it is, without changing anything in it. False decides
 * nothing: the schema is asked then. Measured per frame: 0.34 µs here, 1.0 µs by the schema, of the 11 µs that a ballot
 * costs the gateway in all. A property test holds the two together.
 */
export function isPlainCast(frame: unknown): frame is CastFrame {
  if (typeof frame !== 'object' || frame === null) return false;
  const {
    op,
    id,
    election,
    ballot,
    cast_key: castKey,
    credential,
    on_behalf_of: onBehalfOf,
  } = frame as Partial<Record<string, unknown>>;
  if (op !== 'cast') return false;
  if (typeof id === 'string') {
    if (id.length === 0 || id.length > REQUEST_ID_MAX_CHARACTERS) return false;
  } else if (!Number.isSafeInteger(id)) return false;
  if (typeof election !== 'string' || !UUID.test(election)) return false;
  if (typeof castKey !== 'string' || !KEY.test(castKey)) return false;
  if (typeof ballot !== 'object' || ballot === null) return false;
  let expected = FIELDS_ALWAYS;
  if (credential !== undefined) {
    if (typeof credential !== 'string' || !TOKEN.test(credential)) return false;
    expected += 1;
  }
  if (onBehalfOf !== undefined) {
    if (typeof onBehalfOf !== 'string' || !UUID.test(onBehalfOf)) return false;
    expected += 1;
  }
  // JSON.parse makes own enumerable fields only, `__proto__` among them: all that were named are there, and nothing else is
  let fields = 0;
  for (const _ in frame) fields += 1;
  return fields === expected;
}
