"""The procrastinate application that orchlab measures.

`app.py prepare` makes procrastinate's schema, `app.py worker` is the scheduler: a procrastinate worker as its documentation runs it
in production. The database is DATABASE_URL; what a task does comes in TASK_EXECUTOR, TASK_SCRIPT and TASK_DURATION. How often it is
tried comes in MAX_ATTEMPTS, how long after in RETRY_DELAY_SECONDS; with DEAD_AFTER_SECONDS or CHECK_SECONDS, stalled jobs are retried as procrastinate's documentation shows.
"""

import argparse
import asyncio
import hashlib
import logging
import os
import sys
import time

import procrastinate

TASK = "orchlab"
# Not of the workflow: what looks after stalled jobs is none of its tasks.
RECOVERY_QUEUE = "orchlab-recovery"
# Nor are those of periodic work.
FIRING_QUEUE = "orchlab-firings"

max_attempts = int(os.environ.get("MAX_ATTEMPTS", "1"))
retries = (
    procrastinate.RetryStrategy(max_attempts=max_attempts - 1, wait=float(os.environ.get("RETRY_DELAY_SECONDS") or 0))
    if max_attempts > 1
    else False
)
dead_after_text = os.environ.get("DEAD_AFTER_SECONDS", "")
check_text = os.environ.get("CHECK_SECONDS", "")
looks_after_stalled_jobs = bool(dead_after_text or check_text)
# procrastinate's own default.
dead_after_seconds = float(dead_after_text or 30)

failing_below = int(os.environ.get("TASK_FAILING_BELOW", "0"))
failing_attempts = int(os.environ.get("TASK_FAILING_ATTEMPTS", "0"))
durations: list[float] = []
if "TASK_DURATIONS" in os.environ:
    with open(os.environ["TASK_DURATIONS"], encoding="ascii") as table:
        durations = [float(line) for line in table]

connector = procrastinate.PsycopgConnector(
    conninfo=os.environ["DATABASE_URL"], max_size=int(os.environ.get("DB_POOL_SIZE", "10"))
)
app = procrastinate.App(connector=connector)


@app.task(name=TASK, pass_context=True, retry=retries)
async def run_task(
    context: procrastinate.JobContext, run_id: str, task_index: int, payload: str = "", duration: float | None = None
) -> None:
    # A retry would be a new attempt at the same job.
    execution_id = f"{context.job.id}-{context.job.attempts}"
    if os.environ["TASK_EXECUTOR"] == "inline":
        await work_inline(run_id, task_index, execution_id, context.job.attempts + 1, duration)
        return
    environment = {
        **os.environ,
        "run_id": run_id,
        "task_index": str(task_index),
        "EXECUTION_ID": execution_id,
        **({} if duration is None else {"TASK_DURATION": str(duration)}),
    }
    process = await asyncio.create_subprocess_exec(
        os.environ["TASK_SCRIPT"], stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, env=environment
    )
    code = await process.wait()
    if code != 0:
        raise RuntimeError(f"task {task_index} of run {run_id} ended with exit code {code}")


async def work_inline(run_id: str, task_index: int, execution_id: str, attempt: int, duration: float | None) -> None:
    """As lib/assets/task-work.sh does it: what is drawn for a task follows from the MD5 of its run's id and its index."""
    words = f"{run_id} {task_index} {execution_id}"
    leave(words)
    began_ms = time.time() * 1000
    digits = hashlib.md5(f"{run_id} {task_index}".encode()).hexdigest()
    drawn = durations[int(digits[:3], 16)] if durations else float(os.environ["TASK_DURATION"])
    seconds = drawn if duration is None else duration
    if os.environ.get("TASK_KIND") == "cpu":
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass
    else:
        await asyncio.sleep(seconds)
    fails = int(digits[3:9], 16) < failing_below and attempt <= failing_attempts
    if "ORCHLAB_WORK" in os.environ:
        leave(f"ended {began_ms:.3f} {time.time() * 1000:.3f} {'failed' if fails else 'finished'} {words}")
    if fails:
        raise RuntimeError(f"task {task_index} of run {run_id} fails as the config asks")


def leave(line: str) -> None:
    """Evidence of an execution: one write, appended, so that lines of many writers stay whole."""
    evidence = os.environ.get("ORCHLAB_EVIDENCE")
    if evidence:
        file = os.open(evidence, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{line}\n".encode())
        os.close(file)


async def retry_stalled_jobs(context: procrastinate.JobContext, timestamp: int) -> None:
    """https://procrastinate.readthedocs.io/en/stable/howto/production/retry_stalled_jobs.html"""
    jobs = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after_seconds)
    for job in jobs:
        await app.job_manager.retry_job(job)


def cron_of_check() -> str:
    """Every so many seconds, which a cron expression has from 1 to 59 of; every 10 minutes as in the documentation."""
    return f"* * * * * */{min(59, max(1, round(float(check_text))))}" if check_text else "*/10 * * * *"


if looks_after_stalled_jobs:
    app.periodic(cron=cron_of_check())(
        app.task(
            name="retry_stalled_jobs", queue=RECOVERY_QUEUE, queueing_lock="retry_stalled_jobs", pass_context=True
        )(retry_stalled_jobs)
    )


async def fire(timestamp: int, schedule: int) -> None:
    began_ms = time.time() * 1000
    leave(f"fired {schedule} {timestamp * 1000} - {began_ms:.3f}")


def cron_of_period(seconds: int) -> str:
    """Seconds, which are the last field here; minutes as ever."""
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return "0 * * * *" if seconds == 3600 else f"*/{seconds // 60} * * * *"


schedules = int(os.environ.get("PERIODIC_SCHEDULES", "0"))
if schedules > 0:
    firing_task = app.task(name="orchlab-firing", queue=FIRING_QUEUE)(fire)
    for schedule in range(schedules):
        app.periodic(
            cron=cron_of_period(int(os.environ["PERIODIC_EVERY"])), periodic_id=str(schedule), task_kwargs={"schedule": schedule}
        )(firing_task)


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
            queues=[arguments.queue, *([RECOVERY_QUEUE] if looks_after_stalled_jobs else []), *([FIRING_QUEUE] if schedules > 0 else [])],
            concurrency=arguments.concurrency,
            fetch_job_polling_interval=arguments.polling_interval,
            listen_notify=True,
            # In proportion as procrastinate has them: 10 s and 30 s.
            update_heartbeat_interval=dead_after_seconds / 3,
            stalled_worker_timeout=dead_after_seconds,
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
