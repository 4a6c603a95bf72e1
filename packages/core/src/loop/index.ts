export { askUp } from './ask-up.ts';
export { newestNotes } from './notes.ts';
export type { StepProgress } from './progress.ts';
export type { Change, MonitorStatus, UpStatus, WatchedMonitor } from './status.ts';
export { type InstalledUnit, installUnit } from './systemd-unit.ts';
export { keepUp, type UpOptions } from './up.ts';
export { upFolder, type UpOwner, upOwner } from './up-folder.ts';
export type { UpWords } from './up-words.ts';
