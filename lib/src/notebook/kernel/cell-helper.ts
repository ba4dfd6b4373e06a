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
    if (columns === undefined) return completeText(request, super.handleComplete(request));
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

/** The line up to a cursor that is in a text, and what of that text is before it. */
const openText = /^(?:[^'"]|'[^']*'|"[^"]*")*?['"]([^'"]*)$/;

/** In a text tslab offers everything that may stand there, to be inserted at the cursor: what is typed already counts here. */
function completeText({ code, cursor_pos: cursor }: CursorRequest, reply: CompleteReply): CompleteReply {
  if (reply.cursor_start !== cursor || reply.cursor_end !== cursor) return reply;
  const typed = openText.exec(code.slice(code.lastIndexOf('\n', cursor - 1) + 1, cursor))?.[1] ?? '';
  if (typed === '') return reply;
  return { ...reply, cursor_start: cursor - typed.length, matches: reply.matches.filter((match) => match.startsWith(typed)) };
}
