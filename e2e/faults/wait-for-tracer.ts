import { readdirSync, readSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

// Loaded into a command before anything of its own (`node --import`): tells by descriptor 3 which threads do its file operations, and goes on
// when a byte comes by descriptor 4, so that a tracer can be attached to just these threads, and none of what the command starts.
const before = new Set(readdirSync('/proc/self/task'));
await readFile('/dev/null'); // begins the threads of the pool, of which UV_THREADPOOL_SIZE says how many there are
const pool = readdirSync('/proc/self/task').filter((thread) => !before.has(thread));
writeSync(3, `${JSON.stringify({ main: process.pid, pool: Number(pool[0]) })}\n`);
readSync(4, Buffer.alloc(1));
