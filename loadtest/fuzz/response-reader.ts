const END_OF_HEAD = Buffer.from('\r\n\r\n');
const STATUS = /^HTTP\/1\.1 (\d{3})/;

export interface Response {
  readonly status: number;
  readonly body: string;
}

/** Takes answers apart that come one behind the other on one connection: by length, or in chunks. */
export class ResponseReader {
  readonly #methods: string[];
  #rest: Buffer = Buffer.alloc(0);
  /** what comes is no HTTP: the connection is of no use any more */
  isConfused = false;

  /** @param methods of the requests, in their order: an answer to HEAD has no body */
  constructor(methods: readonly string[]) {
    this.#methods = [...methods];
  }

  /** The answers that are complete with this chunk. */
  take(chunk: Buffer): Response[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const responses: Response[] = [];
    for (;;) {
      const response = this.#next();
      if (response === null) return responses;
      if (response.status >= 200) responses.push(response);
    }
  }

  #next(): Response | null {
    const end = this.#rest.indexOf(END_OF_HEAD);
    if (end < 0) return null;
    const head = this.#rest.toString('latin1', 0, end);
    const status = Number(STATUS.exec(head)?.[1] ?? 0);
    if (status === 0) {
      this.isConfused = true;
      return null;
    }
    const start = end + END_OF_HEAD.length;
    const informs = status < 200;
    const bodiless = informs || status === 204 || status === 304 || this.#methods[0] === 'HEAD';
    const length = bodiless ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? -1);
    const body = length >= 0 ? this.#whole(start, length) : this.#chunked(start);
    if (body === null) return null;
    this.#rest = this.#rest.subarray(body.end);
    if (!informs) this.#methods.shift();
    return { status, body: body.text };
  }

  #whole(start: number, length: number): { readonly end: number; readonly text: string } | null {
    const end = start + length;
    return this.#rest.length < end ? null : { end, text: this.#rest.toString('utf8', start, end) };
  }

  #chunked(start: number): { readonly end: number; readonly text: string } | null {
    let [at, text] = [start, ''];
    for (;;) {
      const line = this.#rest.indexOf('\r\n', at);
      if (line < 0) return null;
      const size = Number.parseInt(this.#rest.toString('latin1', at, line), 16);
      if (Number.isNaN(size)) {
        this.isConfused = true;
        return null;
      }
      const end = line + 2 + size + 2;
      if (this.#rest.length < end) return null;
      if (size === 0) return { end, text };
      text += this.#rest.toString('utf8', line + 2, line + 2 + size);
      at = end;
    }
  }
}
