import { type CompleteReply, type CursorRequest, type Executor, type InspectReply, jupyter } from './tslab-internals.ts';
import { completeColumn, describeAt } from './table-hints.ts';

/** tslab's completion and documentation, which come from types, with what is known of the tables that cells have made. */
export class CellHelper extends jupyter.JupyterHandlerImpl {
  readonly #executor: Executor;

  constructor(executor: Executor) {
    super(executor, false);
    this.#executor = executor;
  }

  override handleComplete(request: CursorRequest): CompleteReply {
    const columns = completeColumn(request.code, request.cursor_pos, this.#executor.locals);
    if (columns === undefined) return super.handleComplete(request);
    const { start, end, matches } = columns;
    return { status: 'ok', cursor_start: start, cursor_end: end, matches, metadata: {} };
  }

  override handleInspect(request: CursorRequest): InspectReply {
    const reply = super.handleInspect(request);
    const words = describeAt(request.code, request.cursor_pos, this.#executor.locals);
    if (words === undefined) return reply;
    const types = reply.data['text/plain'];
    return { ...reply, found: true, data: { 'text/plain': types === undefined ? words : `${types}\n\n${words}` } };
  }
}
