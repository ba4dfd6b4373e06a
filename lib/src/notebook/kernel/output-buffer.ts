import type { StreamName, WriteStream } from './tslab-internals.ts';

const delayMs = 20;
const maxLength = 1 << 20;
/** Of one cell: a browser that is to draw more than this stops answering. */
const maxCellLength = 1_000_000;

/** Leaves out what a cell writes beyond a million characters, and says so once. */
export function limitText(send: WriteStream): WriteStream {
  let left = maxCellLength;
  return (name, text) => {
    if (left <= 0) return;
    send(name, text.length > left ? `${text.slice(0, left)}\n… the rest is left out: a cell shows a million characters of text\n` : text);
    left -= text.length;
  };
}

/**
 * Gathers what is written to stdout and stderr into few messages, in the order it was written.
 *
 * A message per write, as stock tslab sends them, floods the connection: a few thousand lines in one go lose some of them and the
 * end of the cell, and the notebook waits for ever.
 */
export class OutputBuffer {
  #text = '';
  #name: StreamName = 'stdout';
  #send: WriteStream | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Adds `text`; it is sent with what follows on the same stream to the same cell, 20 ms later at most. */
  write(send: WriteStream, name: StreamName, text: string): void {
    if (send !== this.#send || name !== this.#name) this.flush();
    this.#send = send;
    this.#name = name;
    this.#text += text;
    if (this.#text.length > maxLength) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), delayMs);
  }

  /** Sends what has gathered. To be called before anything else goes to the notebook, so that the order stays. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#send?.(this.#name, text);
  }
}
