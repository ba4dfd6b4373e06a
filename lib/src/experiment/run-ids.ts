/** What a character code is as a hexadecimal digit, in lower case; 255: none. */
const hexValues = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) hexValues[value.toString(16).charCodeAt(0)] = value;
/** Where the 16 bytes of a UUID stand in its text, two characters each; dashes are between. */
const uuidPlaces = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);
const dash = 45;
/** Before a UUID's 16 bytes. Any other id is a 1, the length of its UTF-8 in four bytes, and that. */
const uuidTag = 0;

const chunkBytes = 2 ** 20;
const mostChunks = 2 ** 12;
/** Of the slots, that are taken before there are twice as many. */
const mostLoad = 0.7;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Which run has an id: a map of strings to whole numbers, made for millions of them. A UUID takes 16 bytes in it, and every id about 20
 * for finding it; a Map of strings takes 150 an id, and has room for 2^24. Ids can't be removed.
 */
export class RunIds {
  private readonly chunks: Uint8Array[] = [];
  /** Where the next id goes, counted over all chunks. */
  private endOffset = 0;
  private offsets = new Uint32Array(1024);
  private values = new Int32Array(1024);
  /** The number of an id and one, by its hash; 0 is free. */
  private slots = new Int32Array(2048);
  private count = 0;
  /** The id that is asked for, as it would stand in a chunk. */
  private scratch = new Uint8Array(256);
  private lastId: string | undefined;
  private lastValue: number | undefined;

  get size(): number {
    return this.count;
  }

  /** The number of an id; undefined when it was not set. */
  get(id: string): number | undefined {
    // The tasks of a run often come one after the other.
    if (id === this.lastId) return this.lastValue;
    const length = this.encode(id);
    const number = (this.slots[this.slotOf(length)] ?? 0) - 1;
    this.lastId = id;
    return (this.lastValue = number < 0 ? undefined : this.values[number]);
  }

  /** Notes an id that there is not yet. Throws an Error where it has been set, or there is no room for more. */
  set(id: string, value: number): void {
    if (this.count + 1 > mostLoad * this.slots.length) this.growSlots();
    const length = this.encode(id);
    const slot = this.slotOf(length);
    if (this.slots[slot] !== 0) throw new Error(`the id ${JSON.stringify(id)} has been set before`);
    if (this.count === this.values.length) {
      this.offsets = grown(this.offsets, new Uint32Array(2 * this.count));
      this.values = grown(this.values, new Int32Array(2 * this.count));
    }
    this.offsets[this.count] = this.store(length);
    this.values[this.count] = value;
    this.slots[slot] = ++this.count;
    this.lastId = undefined;
    this.lastValue = undefined;
  }

  *entries(): Generator<readonly [id: string, value: number]> {
    for (let number = 0; number < this.count; number++) yield [this.decode(this.offsets[number] ?? 0), this.values[number] ?? 0];
  }

  /** Puts an id into the scratch memory; returns its length there. */
  private encode(id: string): number {
    if (this.encodeUuid(id)) return 17;
    // Three bytes for each UTF-16 unit are the most that UTF-8 takes.
    if (this.scratch.length < 5 + 3 * id.length) this.scratch = new Uint8Array(2 * (5 + 3 * id.length));
    const { written } = encoder.encodeInto(id, this.scratch.subarray(5));
    this.scratch[0] = 1;
    new DataView(this.scratch.buffer).setUint32(1, written);
    return 5 + written;
  }

  /** False where it is none as most engines write them: lower case, with dashes. */
  private encodeUuid(id: string): boolean {
    if (id.length !== 36) return false;
    for (const place of [8, 13, 18, 23]) if (id.charCodeAt(place) !== dash) return false;
    this.scratch[0] = uuidTag;
    for (let index = 0; index < 16; index++) {
      const place = uuidPlaces[index] ?? 0;
      const high = hexValues[id.charCodeAt(place)] ?? 255;
      const low = hexValues[id.charCodeAt(place + 1)] ?? 255;
      if (high > 15 || low > 15) return false;
      this.scratch[index + 1] = (high << 4) | low;
    }
    return true;
  }

  private decode(offset: number): string {
    const chunk = this.chunks[Math.floor(offset / chunkBytes)] ?? new Uint8Array(0);
    const start = offset % chunkBytes;
    if (chunk[start] === uuidTag) {
      const hex = Buffer.from(chunk.buffer, chunk.byteOffset + start + 1, 16).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    }
    const length = new DataView(chunk.buffer, chunk.byteOffset).getUint32(start + 1);
    return decoder.decode(chunk.subarray(start + 5, start + 5 + length));
  }

  /** The slot of the id in the scratch memory: the one that has it, or the free one where it belongs. */
  private slotOf(length: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash(this.scratch, 0, length) & mask; ; slot = (slot + 1) & mask) {
      const number = (this.slots[slot] ?? 0) - 1;
      if (number < 0 || this.isScratch(this.offsets[number] ?? 0, length)) return slot;
    }
  }

  private isScratch(offset: number, length: number): boolean {
    const chunk = this.chunks[Math.floor(offset / chunkBytes)];
    const start = offset % chunkBytes;
    if (!chunk || start + length > chunk.length) return false;
    for (let index = 0; index < length; index++) if (chunk[start + index] !== this.scratch[index]) return false;
    return true;
  }

  /** Copies the scratch memory to its place; an id never stands in two chunks. */
  private store(length: number): number {
    if (length > chunkBytes) throw new Error(`expected the id of a run in at most ${chunkBytes} bytes, got ${length}`);
    const left = chunkBytes - (this.endOffset % chunkBytes);
    if (left < length) this.endOffset += left;
    const index = Math.floor(this.endOffset / chunkBytes);
    if (index >= mostChunks) throw new Error(`there is no room for more than ${this.count} ids of runs`);
    const chunk = (this.chunks[index] ??= new Uint8Array(chunkBytes));
    const offset = this.endOffset;
    chunk.set(this.scratch.subarray(0, length), offset % chunkBytes);
    this.endOffset += length;
    return offset;
  }

  private growSlots(): void {
    this.slots = new Int32Array(2 * this.slots.length);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      const offset = this.offsets[number] ?? 0;
      const chunk = this.chunks[Math.floor(offset / chunkBytes)] ?? new Uint8Array(0);
      const start = offset % chunkBytes;
      const length = chunk[start] === uuidTag ? 17 : 5 + new DataView(chunk.buffer, chunk.byteOffset).getUint32(start + 1);
      let slot = hash(chunk, start, length) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

/** FNV-1a of 32 bits, its high bits folded into the low ones, which are used (G. Fowler, L. C. Noll, K.-P. Vo). */
function hash(bytes: Uint8Array, start: number, length: number): number {
  let value = 0x811c9dc5;
  for (let index = start; index < start + length; index++) value = Math.imul(value ^ (bytes[index] ?? 0), 0x01000193);
  return value ^ (value >>> 15);
}

function grown<A extends Uint32Array | Int32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
