import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Bytes of memory that this process and what it starts may use: those of the machine, or of the container around it. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/**
 * Lets the heap double before rubbish is looked for, from its next collection on. V8 lets it become four times what is alive, which after much that
 * lives for a moment only is memory that this process keeps to its end; looking more often costs some hundredths of the processor time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}
