export { type Captured, capture } from './capture.ts';
export { type Clock, isoTime, systemClock } from './clock.ts';
export {
  chmod,
  constants,
  copyDurably,
  copyFile,
  createReadStream,
  exists,
  existsSync,
  filesBelow,
  glob,
  homedir,
  link,
  lstat,
  mkdir,
  mkdirSync,
  mkdtemp,
  open,
  readdir,
  readFile,
  readFileSync,
  readTextIfThere,
  realpath,
  rename,
  rm,
  stat,
  statSync,
  symlink,
  syncFolder,
  temporaryBeside,
  tmpdir,
  unlink,
  utimes,
  writeFile,
  writeFileAtomically,
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
