// The application's migration: pg-boss's schema, and its queue.
import { PgBoss } from 'pg-boss';

const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, supervise: false, schedule: false });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue('checkout', { retryLimit: 0 });
await boss.stop({ graceful: false });
