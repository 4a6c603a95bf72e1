import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { loopback } from './listener.ts';

/** Asks until the address answers 200. @throws Error with what was found last when that takes longer than `withinMs` */
export async function firstAnswer(port: number, path: string, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await ask(port, path, Math.max(1, until - performance.now()));
    if (found === 200) return;
    if (performance.now() >= until) throw new Error(`"${path}" gave ${found}`);
    await wait(20);
  }
}

function ask(port: number, path: string, timeoutMs: number): Promise<number | string> {
  return new Promise((resolve) => {
    const request = get({ host: loopback, port, path, agent: false, timeout: timeoutMs }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
      answer.once('error', (error) => resolve(error.message));
    });
    request.once('timeout', () => request.destroy(new Error('no answer in time')));
    request.once('error', (error) => resolve(error.message));
  });
}
