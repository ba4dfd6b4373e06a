"""The procrastinate application that orchlab measures.

`app.py prepare` makes procrastinate's schema, `app.py worker` is the scheduler: a procrastinate worker as its documentation runs it
in production. The database is DATABASE_URL; what a task does comes in TASK_EXECUTOR, TASK_SCRIPT and TASK_DURATION.
"""

import argparse
import asyncio
import logging
import os
import sys

import procrastinate

TASK = "orchlab"

connector = procrastinate.PsycopgConnector(
    conninfo=os.environ["DATABASE_URL"], max_size=int(os.environ.get("DB_POOL_SIZE", "10"))
)
app = procrastinate.App(connector=connector)


@app.task(name=TASK, pass_context=True)
async def run_task(context: procrastinate.JobContext, run_id: str, task_index: int) -> None:
    # A retry would be a new attempt at the same job.
    execution_id = f"{context.job.id}-{context.job.attempts}"
    if os.environ["TASK_EXECUTOR"] == "inline":
        await work_inline(run_id, task_index, execution_id)
        return
    environment = {
        **os.environ,
        "run_id": run_id,
        "task_index": str(task_index),
        "EXECUTION_ID": execution_id,
    }
    process = await asyncio.create_subprocess_exec(
        os.environ["TASK_SCRIPT"], stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, env=environment
    )
    code = await process.wait()
    if code != 0:
        raise RuntimeError(f"task {task_index} of run {run_id} ended with exit code {code}")


async def work_inline(run_id: str, task_index: int, execution_id: str) -> None:
    evidence = os.environ.get("ORCHLAB_EVIDENCE")
    if evidence:
        # One write, appended: lines of many writers stay whole.
        file = os.open(evidence, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{run_id} {task_index} {execution_id}\n".encode())
        os.close(file)
    await asyncio.sleep(float(os.environ["TASK_DURATION"]))


class StartOnly(logging.Filter):
    """A line for each job would be a load of its own; that the worker starts is what orchlab waits for."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or getattr(record, "action", "") == "start_worker"


async def prepare() -> None:
    async with app.open_async():
        known = await connector.execute_query_one_async("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS known")
        if not known["known"]:
            await app.schema_manager.apply_schema_async()


async def work(arguments: argparse.Namespace) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(StartOnly())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    async with app.open_async():
        await app.run_worker_async(
            queues=[arguments.queue],
            concurrency=arguments.concurrency,
            fetch_job_polling_interval=arguments.polling_interval,
            listen_notify=True,
            shutdown_graceful_timeout=1,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare")
    worker = commands.add_parser("worker")
    worker.add_argument("--queue", required=True)
    worker.add_argument("--concurrency", type=int, required=True)
    worker.add_argument("--polling-interval", type=float, required=True)
    arguments = parser.parse_args()
    asyncio.run(prepare() if arguments.command == "prepare" else work(arguments))


if __name__ == "__main__":
    main()
