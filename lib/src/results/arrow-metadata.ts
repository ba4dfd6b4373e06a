import { ByteBuffer } from 'flatbuffers';
import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch';
import { Field } from 'apache-arrow/fb/field';
import { Message as MessageTable } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { RecordBatch } from 'apache-arrow/fb/record-batch';
import { Schema } from 'apache-arrow/fb/schema';

/** Metadata of any table here is far below this: what claims more is no message. */
export const mostMetadataBytes = 100_000;
/** No table here has a quarter as many. */
const mostColumns = 200;
const bytesOfPart = 16;

/**
 * Throws a RangeError where the metadata of an Arrow message says that it has more parts than its bytes can hold, or parts in parts: decoding it
 * would make an object for each that it claims, up to 2^31.
 */
export function checkMetadata(metadata: Buffer): void {
  const message = MessageTable.getRootAsMessage(new ByteBuffer(metadata));
  const most = Math.floor(metadata.length / bytesOfPart);
  let counts = [message.customMetadataLength()];
  const batchOf = (batch: RecordBatch | null): readonly number[] => {
    if (batch?.compression()) throw new TypeError('expected columns that are not compressed');
    return batch ? [batch.nodesLength(), batch.buffersLength(), batch.variadicBufferCountsLength()] : [];
  };
  if (message.headerType() === MessageHeader.Schema) {
    const schema = message.header(new Schema()) as Schema;
    const columns = schema.fieldsLength();
    if (columns < 0 || columns > mostColumns) throw new RangeError(`expected at most ${mostColumns} columns, got ${columns}`);
    counts.push(schema.customMetadataLength());
    for (let index = 0; index < columns; index++) {
      const field = schema.fields(index, new Field());
      if (field && field.childrenLength() !== 0) throw new TypeError('expected columns of plain values, got one of lists or blocks');
      counts.push(field?.customMetadataLength() ?? 0);
    }
  } else if (message.headerType() === MessageHeader.RecordBatch) {
    counts = [...counts, ...batchOf(message.header(new RecordBatch()) as RecordBatch)];
  } else if (message.headerType() === MessageHeader.DictionaryBatch) {
    counts = [...counts, ...batchOf((message.header(new DictionaryBatch()) as DictionaryBatch).data())];
  }
  const claimed = counts.find((count) => count < 0 || count > most);
  if (claimed !== undefined) throw new RangeError(`expected at most ${most} parts in ${metadata.length} bytes, got ${claimed}`);
}
