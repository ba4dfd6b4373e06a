// Loaded before a script (node --import), it makes the process keep LEAK_BYTES_PER_SECOND more of memory each second, beside a sawtooth of 7 MB
// such as a collector of garbage makes.
const bytesPerSecond = Number(process.env.LEAK_BYTES_PER_SECOND);
const startMs = performance.now();
const kept = [];
const garbage = [];
let keptBytes = 0;
setInterval(() => {
  garbage.push(Buffer.alloc(1e6, 1));
  // Given back at once: whether the collector of Node would, is its own affair.
  if (garbage.length >= 7) for (const { buffer } of garbage.splice(0)) buffer.transfer(0);
  // By the time that has passed: timers come late.
  const bytes = Math.round(((performance.now() - startMs) / 1000) * bytesPerSecond) - keptBytes;
  if (bytes <= 0) return;
  keptBytes += bytes;
  kept.push(Buffer.alloc(bytes, 1));
}, 100).unref();
