import { Message, type Schema } from 'apache-arrow';
import { checkMetadata, mostMetadataBytes } from './arrow-metadata.ts';
import { readBytes } from './file-bytes.ts';

/** An Arrow file is this magic, padded to 8 bytes, then an Arrow stream, then a footer that ends with the magic again. */
const magic = 'ARROW1';
const headerBytes = 8;
/** Before each message of the stream: 0xFFFFFFFF and the length of its metadata, 0 at the end. */
const prefixBytes = 8;
/** A batch of rows, or of a dictionary's values: where its columns are in the file, two or three regions of bytes each. */
export interface Batch {
  readonly at: number;
  readonly bytes: number;
  readonly rows: number;
  readonly hasNull: boolean;
  readonly regions: readonly { readonly offset: number; readonly length: number }[];
}

export interface Messages {
  readonly schema?: Schema;
  /** Whether the mark of the stream's end comes after them. */
  readonly areEnded: boolean;
  readonly batches: readonly Batch[];
  readonly dictionaries: ReadonlyMap<number, readonly Batch[]>;
}

/** Whether a file of `size` bytes ends as an Arrow file does. */
export function hasEnd(file: number, size: number): boolean {
  const end = readBytes(file, Math.max(0, size - magic.length), Math.min(size, magic.length)).toString('latin1');
  return end === magic && size > 2 * headerBytes;
}

/** The leading messages of the stream that are complete. Reads their metadata only. */
export function readMessages(file: number, size: number): Messages {
  let schema: Schema | undefined;
  const batches: Batch[] = [];
  const dictionaries = new Map<number, Batch[]>();
  let areEnded = false;
  let last: { readonly metadata: Buffer; readonly message: Message; readonly batch?: Omit<Batch, 'at'> } | undefined;
  for (let position = headerBytes; position + prefixBytes <= size;) {
    const prefix = readBytes(file, position, prefixBytes);
    const metadataBytes = prefix.readInt32LE(4);
    const at = position + prefixBytes + metadataBytes;
    areEnded = prefix.readUInt32LE(0) === 0xffffffff && metadataBytes === 0;
    if (areEnded || prefix.readUInt32LE(0) !== 0xffffffff || metadataBytes < 0 || metadataBytes > mostMetadataBytes || at > size) break;
    const metadata = readBytes(file, position + prefixBytes, metadataBytes);
    // Batches of as many rows without text have the same metadata: in a large file nearly all, and decoding it takes longer than all else here.
    if (!last?.metadata.equals(metadata)) last = { metadata, ...decode(metadata) };
    const { message, batch } = last;
    if (!(message.bodyLength >= 0 && at + message.bodyLength <= size)) break;
    position = at + message.bodyLength;
    if (message.isSchema()) schema = message.header();
    if (batch && message.isRecordBatch()) batches.push({ ...batch, at });
    if (batch && message.isDictionaryBatch()) {
      const { id } = message.header();
      dictionaries.set(id, [...(dictionaries.get(id) ?? []), { ...batch, at }]);
    }
  }
  return { ...(schema && { schema }), areEnded, batches, dictionaries };
}

function decode(metadata: Buffer): { readonly message: Message; readonly batch?: Omit<Batch, 'at'> } {
  checkMetadata(metadata);
  const message = Message.decode(metadata);
  const header = message.isRecordBatch() ? message.header() : message.isDictionaryBatch() ? message.header().data : undefined;
  if (header === undefined) return { message };
  const regions = header.buffers.map(({ offset, length }) => ({ offset, length }));
  const hasNull = header.nodes.some(({ nullCount }) => nullCount > 0);
  return { message, batch: { bytes: message.bodyLength, rows: header.length, hasNull, regions } };
}
