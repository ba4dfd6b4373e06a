"""Executes a notebook for orchlab's runNotebook.

The first line of stdin is a JSON object: notebook, directory, kernel, answersInterrupts, timeoutSeconds, cellEndSeconds, kernelEndSeconds. When stdin
closes, or at SIGINT or SIGTERM, the cell is interrupted, no other is begun, and the kernel is ended. Everything that happens is told
on stdout, a JSON object a line; the last one carries the executed notebook, however it ended.
"""

import asyncio
import json
import os
import re
import select
import signal
import sys
import threading
import time

# A checker of URL syntax that nobody asks here; it takes a second to import, and jsonschema does without it.
sys.modules["rfc3987_syntax"] = None

import nbformat  # noqa: E402
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

STDOUT = 1
STARTUP_SECONDS = 60
# Of an output, for those who watch.
TOLD_CHARACTERS = 2000
# A kernel that is compiling a cell hears nothing.
HEARD_SECONDS = 3
# tslab reports some failures only as text on stderr, in a cell that counts as done.
SILENT_ERROR = re.compile(r"Unhandled|Uncaught|^\d+:\d+ - ", re.MULTILINE)


def tell(event, **fields):
    # Not sys.stdout: where it is unbuffered, it loses what the pipe does not take at once.
    line = memoryview((json.dumps({"event": event, **fields}) + "\n").encode())
    while line:
        try:
            line = line[os.write(STDOUT, line) :]
        except BlockingIOError:
            select.select([], [STDOUT], [])


class Failure(Exception):
    """A notebook that can't be executed to its end."""

    def __init__(self, ename, evalue, traceback=()):
        super().__init__(evalue)
        self.report = {"ename": ename, "evalue": evalue, "traceback": list(traceback)}


class LiveClient(NotebookClient):
    """Tells the text of outputs as they come, so that a terminal can follow."""

    number = 0

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        # Set when the kernel has begun with the cell: before that, an interrupt has nothing to end.
        self.begun = asyncio.Event()
        # Set when the kernel says that it is busy: once more means that it has heard an interrupt.
        self.busy = asyncio.Event()

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "execute_input":
            self.begun.set()
        if msg["msg_type"] == "status" and content["execution_state"] == "busy":
            self.busy.set()
        if msg["msg_type"] == "stream":
            tell("output", cell=self.number, text=content["text"][:TOLD_CHARACTERS])
        elif msg["msg_type"] in ("display_data", "update_display_data"):
            tell("output", cell=self.number, text=content["data"].get("text/plain", "")[:TOLD_CHARACTERS])
        return super().process_message(msg, cell, cell_index)


def merge_streams(cell):
    """One output for stdout and one for stderr. nbclient's own (coalesce_streams) takes hours over a line of a million characters."""
    outputs, streams = [], {}
    for output in cell.outputs:
        if output.output_type != "stream":
            outputs.append(output)
        elif output.name in streams:
            streams[output.name].append(output.text)
        else:
            streams[output.name] = [output.text]
            outputs.append(output)
    for output in outputs:
        if output.output_type == "stream":
            output.text = "".join(streams[output.name])
    cell.outputs = outputs


def failure_of(cell):
    for output in cell.outputs:
        if output.output_type == "error":
            return Failure(output.ename, output.evalue, output.traceback)
    return None


def silent_failure_of(cell):
    text = "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stderr")
    if not SILENT_ERROR.search(text):
        return None
    lines = text.strip().splitlines()
    line = next(line for line in lines if SILENT_ERROR.search(line))
    return Failure("SilentError", line, lines)


async def execute(client, cells, stopped):
    for number, (index, cell) in enumerate(cells, start=1):
        # A cell may end in order though it was interrupted.
        if stopped.done():
            return
        client.number = number
        client.begun.clear()
        tell("cell-started", cell=number, cells=len(cells), source=cell.source)
        began = time.monotonic()
        failure = None
        try:
            await client.async_execute_cell(cell, index)
        except DeadKernelError:
            failure = Failure(
                "KernelDied",
                "the kernel ended while the cell ran: it was killed, ran out of memory, or the cell called process.exit; "
                "an experiment that ran in it was ended in order and is kept",
            )
        except CellExecutionError as error:
            failure = failure_of(cell) or silent_failure_of(cell) or Failure(error.ename, error.evalue or "the cell failed")
        merge_streams(cell)
        failure = failure or silent_failure_of(cell)
        tell("cell-ended", cell=number, cells=len(cells), failed=failure is not None, seconds=time.monotonic() - began)
        if failure:
            raise failure


async def interrupt(client, execution, request):
    """Interrupts the cell that runs, once the kernel has begun with it, and gives it time to end: an experiment ends in order.

    An interrupt that comes while the cell is compiled is lost, a second one that is not would end an experiment at once: it is sent again
    until the kernel, where it is one that says so, has heard it.
    """
    cell_end_seconds = request["cellEndSeconds"]
    begun = asyncio.ensure_future(client.begun.wait())
    await asyncio.wait([execution, begun], timeout=cell_end_seconds, return_when=asyncio.FIRST_COMPLETED)
    begun.cancel()
    if not execution.done():
        client.busy.clear()
        heard = asyncio.ensure_future(client.busy.wait())
        until = time.monotonic() + cell_end_seconds
        while not execution.done() and time.monotonic() < until:
            await client.km.interrupt_kernel()
            await asyncio.wait([execution, heard], timeout=HEARD_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if heard.done() or not request["answersInterrupts"]:
                break
        heard.cancel()
        await asyncio.wait([execution], timeout=cell_end_seconds)


async def run(request, stdin):
    notebook = nbformat.reads(json.dumps(request["notebook"]), as_version=4)
    cells = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    for _, cell in cells:
        cell.outputs, cell.execution_count = [], None
    client = LiveClient(
        notebook,
        timeout=None,
        startup_timeout=STARTUP_SECONDS,
        kernel_name=request["kernel"],
        resources={"metadata": {"path": request["directory"]}},
        record_timing=False,
        raise_on_iopub_timeout=True,
        iopub_timeout=30,
    )

    loop = asyncio.get_running_loop()
    stopped = loop.create_future()

    def stop(ename, evalue):
        if not stopped.done():
            stopped.set_result(Failure(ename, evalue))

    def watch_stdin():
        while stdin.read(1024):
            pass
        loop.call_soon_threadsafe(stop, "Stopped", "the notebook was stopped")
        # Whatever keeps this program busy must not keep it for ever; its kernel ends with it.
        time.sleep(request["cellEndSeconds"] + request["kernelEndSeconds"] + 10)
        os._exit(1)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, "Stopped", "the notebook was stopped")
    loop.call_later(request["timeoutSeconds"], stop, "Timeout", f"the notebook took longer than {request['timeoutSeconds']} s")
    threading.Thread(target=watch_stdin, daemon=True).start()

    failure = None
    try:
        client.create_kernel_manager()
        await client.async_start_new_kernel()
        await client.async_start_new_kernel_client()
        tell("kernel-ready")
        execution = asyncio.ensure_future(execute(client, cells, stopped))
        await asyncio.wait([execution, stopped], return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            failure = stopped.result()
            await interrupt(client, execution, request)
        if execution.done():
            error = execution.exception()
            failure = failure or error
        else:
            execution.cancel()
            await asyncio.wait([execution], timeout=1)
    except NoSuchKernel as error:
        failure = Failure("NoSuchKernel", f"Jupyter knows no kernel named {error.name}")
    except Exception as error:  # what happened goes into the report
        failure = error
    finally:
        if client.km is not None and client.km.has_kernel:
            try:
                await asyncio.wait_for(client.km.shutdown_kernel(now=False), request["kernelEndSeconds"])
            except Exception:
                await client.km.shutdown_kernel(now=True)

    if failure is not None:
        report = failure.report if isinstance(failure, Failure) else {
            "ename": type(failure).__name__,
            "evalue": str(failure),
            "traceback": [],
        }
        tell("failed", cell=client.number, cells=len(cells), **report)
    tell("notebook", notebook=json.loads(nbformat.writes(notebook)))


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer))
    # Without waiting for the thread that reads stdin.
    os._exit(0)
