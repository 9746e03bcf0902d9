import { REQUEST_ID_MAX_CHARACTERS, type RequestId } from '../../protocol/frames/request-id.ts';
import { type AnyFailure, toSocketError } from '../errors.ts';

/** A request id as it stands in a reply. Ids of unusable frames are null. */
function idText(id: RequestId | null): string {
  return typeof id === 'number' ? String(id) : JSON.stringify(id);
}

/** The id of a frame whose other fields may be wrong, so that its sender can tell which one it was. */
export function idOf(frame: unknown): RequestId | null {
  if (typeof frame !== 'object' || frame === null || !Object.hasOwn(frame, 'id')) return null;
  const { id } = frame as { readonly id: unknown };
  if (typeof id === 'string' && id.length >= 1 && id.length <= REQUEST_ID_MAX_CHARACTERS) return id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

/** @param fields JSON of the reply's own fields, without braces; '' for none */
export function replyText(id: RequestId, fields: string): string {
  return fields === '' ? `{"id":${idText(id)},"ok":true}` : `{"id":${idText(id)},"ok":true,${fields}}`;
}

export function refusalText(id: RequestId | null, failure: AnyFailure): string {
  return `{"id":${idText(id)},"ok":false,"error":${JSON.stringify(toSocketError(failure))}}`;
}
