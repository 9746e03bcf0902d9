import type { AnyFailure } from '../errors.ts';
import { type Checked, checkJson } from './input.ts';
import type { UploadedFile } from './operation.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

function failed(kind: AnyFailure['kind'], message: string): { readonly ok: false; readonly failure: AnyFailure } {
  return { ok: false, failure: { kind, message } };
}

function tooLarge(maxBytes: number): { readonly ok: false; readonly failure: AnyFailure } {
  const message = `The body is larger than ${maxBytes / 1024} KiB. Send it in smaller parts.`;
  return { ok: false, failure: { kind: 'body_too_large', message, details: { max_bytes: maxBytes } } };
}

/** Lets the one who watches the time stop a body that does not come; reading ends at once. */
export interface BodyReading {
  stop: (() => void) | null;
}

/** All bytes of the body, or nothing once there are more than `maxBytes`: the rest is not even read. */
export async function readBytes(
  request: Request,
  maxBytes: number,
  reading: BodyReading,
): Promise<Checked<Uint8Array>> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLarge(maxBytes);
  if (request.body === null) return { ok: true, value: new Uint8Array() };
  const reader = request.body.getReader();
  reading.stop = () => void reader.cancel().catch(() => {}); // the connection may be gone already
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBytes) {
        await reader.cancel();
        return tooLarge(maxBytes);
      }
      parts.push(part.value);
    }
  } catch {
    return failed('bad_http', 'The body broke off before its end. Send the same request again.'); // its sender is gone
  }
  reading.stop = null;
  return { ok: true, value: Buffer.concat(parts) };
}

function mediaTypeOf(request: Request): string | undefined {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
}

/**
 * Whether a body comes with the request. Node gives every POST a stream, so the headers tell: no length and no encoding
 * mean none (RFC 9112, 6.3). A request made in memory says of what type its body is.
 */
export function hasBody(request: Request): boolean {
  if (request.body === null || request.headers.get('content-length') === '0') return false;
  return ['content-length', 'transfer-encoding', 'content-type'].some((name) => request.headers.has(name));
}

/** A file as the body: one of these media types (415 otherwise), at most `maxBytes` (413). */
export async function readFileBody(
  request: Request,
  { mediaTypes, maxBytes }: { readonly mediaTypes: readonly string[]; readonly maxBytes: number },
  reading: BodyReading,
): Promise<Checked<UploadedFile>> {
  const mediaType = mediaTypeOf(request);
  if (mediaType === undefined || !mediaTypes.includes(mediaType)) {
    return failed(
      'wrong_media_type',
      `Send the file itself as the body, with Content-Type: ${mediaTypes.join(' or ')}.`,
    );
  }
  const bytes = await readBytes(request, maxBytes, reading);
  return bytes.ok ? { ok: true, value: { bytes: bytes.value, mediaType } } : bytes;
}

/**
 * The body as JSON. Refuses another media type (415), more than `maxBytes` (413), what is no UTF-8 or no JSON (400),
 * and JSON that no schema wants (422, see checkJson).
 */
export async function readJson(
  request: Request,
  maxBytes: number,
  reading: BodyReading,
): Promise<Checked<{ raw: Uint8Array; json: unknown }>> {
  if (mediaTypeOf(request) !== 'application/json') {
    return failed('wrong_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  const bytes = await readBytes(request, maxBytes, reading);
  if (!bytes.ok) return bytes;
  let json: unknown;
  try {
    json = JSON.parse(utf8.decode(bytes.value));
  } catch {
    return failed('not_json', 'The body is not JSON in UTF-8. Check its brackets, quotes and encoding.');
  }
  const checked = checkJson(json);
  return checked.ok ? { ok: true, value: { raw: bytes.value, json } } : checked;
}
