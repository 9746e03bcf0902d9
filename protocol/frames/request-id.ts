import { z } from 'zod';

/** Longest request id as text, in UTF-16 units. */
export const REQUEST_ID_MAX_CHARACTERS = 64;

/** Chosen by the client and repeated in the reply. Not a secret, unlike the cast key: logs and errors may carry it. */
export const requestId = z.union([z.string().min(1).max(REQUEST_ID_MAX_CHARACTERS), z.int()]).meta({
  description: `Your own name for this request, repeated in its reply: a whole number, or up to ${REQUEST_ID_MAX_CHARACTERS} characters.`,
});
export type RequestId = z.infer<typeof requestId>;
