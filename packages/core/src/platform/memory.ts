import { totalmem } from 'node:os';

/** Bytes of memory that this process and what it starts may use: those of the machine, or of the container around it. */
export function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
