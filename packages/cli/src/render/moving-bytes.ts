import { bytes, duration, whole } from './figures.ts';
import type { Terminal } from './terminal.ts';

/** How far objects on their way have got. */
interface ObjectsOnTheirWay {
  readonly objects: { readonly done: number; readonly all: number };
  readonly bytes: { readonly done: number; readonly all: number };
}

/** Between two pictures of the moving line, in milliseconds. */
const pauseMs = 200;

/** A moving line of what has arrived, at what rate, and how long the rest is likely to take; nothing where there is no terminal. */
export function movingBytes(terminal: Terminal, doing: string): (done: ObjectsOnTheirWay) => void {
  const started = performance.now();
  let last = 0;
  return ({ objects, bytes: { done, all } }) => {
    const now = performance.now();
    if (now - last < pauseMs) return;
    last = now;
    const rate = done / Math.max((now - started) / 1_000, 0.001);
    const left = done === 0 ? '' : `, ${duration(((all - done) / rate) * 1_000)} left`;
    terminal.status(
      `… ${doing}: ${whole(objects.done)} of ${whole(objects.all)} objects, ${bytes(done)} of ${bytes(all)}, ${bytes(rate)}/s${left}`,
    );
  };
}
