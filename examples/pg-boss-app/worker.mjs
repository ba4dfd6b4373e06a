// An application's worker, as it runs in production: a queue of orders, and what is done for each.
import { appendFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { PgBoss } from 'pg-boss';

const concurrency = Number(process.env.CONCURRENCY ?? 4);
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL });
boss.on('error', (error) => console.error(error));
await boss.start();

/** The work itself: prices are added up, and the invoice is signed. */
async function checkout({ items }) {
  const total = items.reduce((sum, { price, count }) => sum + price * count, 0);
  let signature = JSON.stringify({ items, total });
  for (let round = 0; round < 2000; round++) signature = createHash('sha256').update(signature).digest('hex');
  return { total, signature };
}

async function work(job) {
  // The one line for orchlab: which run and task this is, and which execution. Without a measurement the variable is not set.
  if (process.env.ORCHLAB_EVIDENCE) appendFileSync(process.env.ORCHLAB_EVIDENCE, `${job.data.order} ${job.data.part} ${job.id}\n`);
  return checkout(job.data);
}

for (let place = 0; place < concurrency; place++) {
  const id = await boss.work('checkout', { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([job]) => {
    boss.notifyWorker(id);
    return work(job);
  });
}
console.log('worker ready');
process.on('SIGTERM', () => void boss.stop().then(() => process.exit(0)));
