import { randomUUID } from 'node:crypto';

/** Gives UUIDs of version 7 that sort in the order they were given, also when the clock stands or goes back. */
export type PredictionIds = (nowMs: number) => string;

const most = 0xfff;

/** RFC 9562, section 6.2, method 1: 48 bits of milliseconds since 1970, a counter of 12 bits within each, 62 random bits. */
export function predictionIds(): PredictionIds {
  let last = 0;
  let count = 0;
  return (nowMs) => {
    count += 1;
    if (nowMs > last || count > most) {
      last = Math.max(nowMs, last + 1);
      count = 0;
    }
    const time = last.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}${randomUUID().slice(18)}`;
  };
}
