/** A count that several threads of this process add to and read. */
export class SharedCount {
  /** To be given to another thread, which makes its SharedCount of it. */
  readonly shared: SharedArrayBuffer;
  private readonly counter: Int32Array;

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.counter = new Int32Array(shared);
  }

  get value(): number {
    return Atomics.load(this.counter, 0);
  }

  add(count = 1): void {
    Atomics.add(this.counter, 0, count);
  }
}
