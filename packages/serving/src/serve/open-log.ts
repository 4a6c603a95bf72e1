import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { FeatureColumn, LoggedColumn, PredictionSegment } from '@tidegate/formats';
import { identityOf } from '@tidegate/runtime';
import { hideBy } from '../log/hide-personal.ts';
import { keySample } from '../log/key-sample.ts';
import { type PredictionLog, predictionLog } from '../log/prediction-log.ts';
import { linesOf } from '../log/request-lines.ts';
import type { ModelService } from './model-service.ts';
import type { Release } from './release.ts';
import type { LogOptions } from './serve-options.ts';

/** Opens the prediction log of a loaded release, and lets a process of its own compact what earlier servers have left. */
export function openLog(release: Release, service: ModelService, options: LogOptions, log: (text: string) => void): PredictionLog {
  const { folder, sample, personal, keepBytes } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const header = headerOf(release, service, options);
  const keys = release.features?.keys.map(({ name }) => name) ?? [];
  const hide = personal.length === 0 ? (): null => null : hideBy(folder);
  compactSoon(folder, keepBytes);
  return predictionLog({
    folder,
    header,
    linesOf: linesOf({
      signature: release.model.signature,
      fields: header.fieldColumns,
      inputs: header.inputColumns,
      hide,
      inSample: keySample(keys, sample),
    }),
    now: Date.now,
    onSegment: () => compactSoon(folder, keepBytes),
    log,
  });
}

function headerOf(
  release: Release,
  { binding, fields }: ModelService,
  { sample, personal }: LogOptions,
): Omit<PredictionSegment, 'startedAt'> {
  const logged = ({ name, type }: FeatureColumn): LoggedColumn => ({ name, type, ...(personal.includes(name) && { hidden: true }) });
  const inputs = new Set(binding.columns.map(({ name }) => name));
  return {
    format: 'tidegate.prediction-log/1',
    project: release.project,
    service: release.service,
    release: release.digest,
    model: release.model.name,
    writer: identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' },
    sample,
    fieldColumns: fields.filter(({ name }) => !inputs.has(name)).map(logged),
    inputColumns: binding.columns.map(logged),
  };
}

const main = process.argv[1] ?? ''; // this program, whose `compact` it is
const low = 10; // the lowest, 19, would get next to nothing on a machine that is never idle

/** In a process of its own with a low priority: requests come first. */
function compactSoon(folder: string, keepBytes: number): void {
  const argv = [...process.execArgv, main, 'compact', '--log', folder, '--keep', String(keepBytes)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  child.once('error', () => {}); // the next server tries again
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, low);
  } catch {
    // it has ended
  }
}
