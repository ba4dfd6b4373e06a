"""An application on procrastinate: mails are sent by its worker. `app.py migrate` makes the schema, `app.py worker` is what runs in production."""

import asyncio
import hashlib
import os
import sys

import procrastinate

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))


@app.task(name="send_mail", queue="mail", pass_context=True)
async def send_mail(context: procrastinate.JobContext, campaign: str, number: int, to: str, body: str) -> None:
    # The one line for orchlab: which run and task this is, and which execution. Without a measurement the variable is not set.
    if evidence := os.environ.get("ORCHLAB_EVIDENCE"):
        with open(evidence, "a", encoding="utf-8") as file:
            file.write(f"{campaign} {number} {context.job.id}-{context.job.attempts}\n")
    await asyncio.sleep(0.01)  # the mail server
    hashlib.sha256(f"{to}{body}".encode() * 100).hexdigest()


async def migrate() -> None:
    async with app.open_async():
        known = await app.connector.execute_query_one_async("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS known")
        if not known["known"]:
            await app.schema_manager.apply_schema_async()


async def worker() -> None:
    async with app.open_async():
        print("worker ready", flush=True)
        await app.run_worker_async(
            queues=["mail"], concurrency=int(os.environ.get("CONCURRENCY", "4")), fetch_job_polling_interval=0.5
        )


asyncio.run(migrate() if sys.argv[1] == "migrate" else worker())
