export { type Clock, isoTime, systemClock } from './clock.ts';
export {
  copyDurably,
  exists,
  filesBelow,
  readTextIfThere,
  syncFolder,
  temporaryBeside,
  writeFileAtomically,
  writeFileNow,
} from './files.ts';
export { digestOfBytes, digestOfFile } from './hash.ts';
export { type Platform, systemPlatform } from './platform.ts';
export {
  type CommandOptions,
  type CommandResult,
  identityOf,
  isRunning,
  type ProcessIdentity,
  runCommand,
  startDetached,
} from './process.ts';
export { type Random, systemRandom } from './random.ts';
