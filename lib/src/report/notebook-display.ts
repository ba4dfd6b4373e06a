import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

/** One output in several forms: the viewer shows the richest that it knows. Keys are MIME types; JSON types take objects. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface DisplayOptions {
  /** Kept in the notebook beside the output. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Names the output, so that a later call with `update` replaces it. */
  readonly id?: string;
  readonly update?: boolean;
}

type DisplayWriter = (message: { data: MimeBundle; metadata: object; transient: { display_id?: string } }, update: boolean) => void;

interface TslabModule {
  readonly lastWriteDisplayData?: DisplayWriter | null;
}

const tslabModule = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;
// tslab's public API is bound to the tslab that it was loaded from; the kernel that runs this process is the one in the cache.
const { cache } = createRequire(import.meta.url);
let kernel: TslabModule | undefined;

/** tslab's writer into the cell that runs now, or undefined outside a notebook. It is another function for each cell. */
function currentWriter(): DisplayWriter | undefined {
  if (!kernel) {
    for (const path of Object.keys(cache)) {
      const loaded = tslabModule.test(path) ? (cache[path]?.exports as TslabModule | undefined) : undefined;
      if (loaded?.lastWriteDisplayData) kernel = loaded;
    }
  }
  return kernel?.lastWriteDisplayData ?? undefined;
}

/** True when this process is the kernel of a TypeScript notebook. */
export function inNotebook(): boolean {
  return currentWriter() !== undefined;
}

/** Shows one output in the cell that runs now. Returns false, having done nothing, outside a notebook. */
export function displayBundle(data: MimeBundle, options: DisplayOptions = {}): boolean {
  const writer = currentWriter();
  if (!writer) return false;
  write(writer, data, options);
  return true;
}

/** One output that can be replaced again and again, and that stays in its cell whichever cell runs later. */
export interface DisplayHandle {
  update(data: MimeBundle, metadata?: Readonly<Record<string, unknown>>): void;
}

/** Reserves an output in the cell that runs now; it appears with the first update. Undefined outside a notebook. */
export function createDisplay(): DisplayHandle | undefined {
  const writer = currentWriter();
  if (!writer) return undefined;
  const id = randomBytes(8).toString('hex');
  let shown = false;
  return {
    update(data, metadata = {}) {
      write(writer, data, { metadata, id, update: shown });
      shown = true;
    },
  };
}

function write(writer: DisplayWriter, data: MimeBundle, options: DisplayOptions): void {
  const { metadata = {}, id, update = false } = options;
  writer({ data, metadata, transient: id === undefined ? {} : { display_id: id } }, update);
}
