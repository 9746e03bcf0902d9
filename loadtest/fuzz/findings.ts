/** What a campaign saw, and what it looks for in every answer. */
export class Findings {
  count = 0;
  status5xx = 0;
  /** answers with LOAD_*: allowed, but with so few connections there should be none */
  overloaded = 0;
  internal = 0;
  /** answers to another version than HTTP/1.1, where RFC 9110 (15.6.6) asks for 505: the request's fault, not ours */
  version505 = 0;
  /** times that an answer did not come although the server lives */
  silent = 0;
  /** connections that could not be had at all */
  unreachable = 0;
  #crashed = false;
  readonly #onTheWay = new Map<object, readonly Buffer[]>();
  readonly blamed: Blame[] = [];

  /** There is no sense in going on. */
  get isOver(): boolean {
    return this.#crashed || this.unreachable > UNREACHABLE_MAX;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** These inputs are on their way on this connection; none, once it is done with. */
  sending(connection: object, inputs: readonly Buffer[]): void {
    if (inputs.length === 0) this.#onTheWay.delete(connection);
    else this.#onTheWay.set(connection, inputs);
  }

  /** The server's process has ended: whatever was on its way may have done it. */
  crash(): void {
    this.#crashed = true;
    for (const inputs of this.#onTheWay.values()) this.blame('crash', inputs);
  }

  /** Looks at one answer's text. @param status HTTP status; 0 for a frame of the socket */
  judge(text: string, status: number, inputs: () => readonly Buffer[]): void {
    if (text.includes('INTERNAL_001')) {
      this.internal += 1;
      this.blame('INTERNAL_001', inputs());
    } else if (status === VERSION_NOT_SUPPORTED) this.version505 += 1;
    else if (status >= 500) {
      if (/LOAD_00\d/.test(text)) this.overloaded += 1;
      else {
        this.status5xx += 1;
        this.blame(`status ${status}`, inputs());
      }
    }
  }

  blame(what: string, inputs: readonly Buffer[]): void {
    if (this.blamed.length < BLAMED_MAX) this.blamed.push({ what, inputs });
  }
}

/** Inputs after which something was wrong: one, or all that were on their way. */
export interface Blame {
  readonly what: string;
  readonly inputs: readonly Buffer[];
}

const VERSION_NOT_SUPPORTED = 505;
const BLAMED_MAX = 20;
const UNREACHABLE_MAX = 100;
