/** How many inputs may still be sent; shared by all connections of one kind. */
export class Budget {
  readonly total: number;
  #taken = 0;

  constructor(total: number) {
    this.total = total;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Up to `wanted` of what is left. */
  take(wanted: number): number {
    const given = Math.min(wanted, this.total - this.#taken);
    this.#taken += given;
    return given;
  }
}
