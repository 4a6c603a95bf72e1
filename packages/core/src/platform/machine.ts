import { cpus } from 'node:os';

/** What kind of machine this is, as far as speed goes: `linux-x64, 2 x Intel(R) Xeon(R) …`. */
export function machineClass(): string {
  const processors = cpus();
  return `${process.platform}-${process.arch}, ${processors.length} x ${processors[0]?.model ?? 'unknown'}`;
}
