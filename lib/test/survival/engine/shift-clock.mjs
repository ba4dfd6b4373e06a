// A clock that jumps by the seconds in SHIFT_FILE, when that is there: for the processes of Node that are started with it.
import { readFileSync } from 'node:fs';

const now = Date.now.bind(Date);
let shiftMs = 0;
const look = setInterval(() => {
  try {
    shiftMs = Number(readFileSync(process.env.SHIFT_FILE, 'utf8')) * 1000;
    clearInterval(look);
  } catch {
    // not yet
  }
}, 50);
look.unref();
Date.now = () => now() + shiftMs;
