export { type Captured, capture } from './capture.ts';
export { type Clock, isoTime, systemClock } from './clock.ts';
export { compileCacheVariables } from './compile-cache.ts';
export { concurrently } from './concurrently.ts';
export {
  ageOf,
  appendDurably,
  availableParallelism,
  type BigIntStats,
  chmod,
  chmodSync,
  closeSync,
  constants,
  copyFile,
  copyFileSync,
  createReadStream,
  type Dirent,
  entriesBelow,
  entryAt,
  exists,
  existsSync,
  filesBelow,
  firstByteOf,
  freeBytes,
  glob,
  homedir,
  link,
  linkSync,
  linkTarget,
  mkdir,
  mkdirSync,
  mkdtemp,
  open,
  openSync,
  readdir,
  readdirSync,
  readFile,
  readFileSync,
  readTextIfThere,
  realpath,
  realpathSync,
  rename,
  renameSync,
  rm,
  rmdirSync,
  stat,
  statSync,
  syncFile,
  syncFolder,
  temporaryBeside,
  tmpdir,
  touch,
  unlinkSync,
  userInfo,
  writeFile,
  writeFileAtomically,
  writeFileSync,
  writeSync,
} from './files.ts';
export { runInForeground } from './foreground.ts';
export { findGpus } from './gpus.ts';
export { digestOfBytes, digestOfFile, measureFile, measureFiles } from './hash.ts';
export { type HttpAnswer, type HttpClient, type HttpRequest, openHttpClient } from './http.ts';
export { type HttpCall, type HttpReply, type HttpServer, serveOnLoopback } from './http-server.ts';
export { askOverSocket } from './line-socket.ts';
export { type LineProcess, openLineProcess } from './line-process.ts';
export { removeLeftovers } from './leftovers.ts';
export { eachLine } from './lines.ts';
export { machineClass } from './machine.ts';
export { memoryBytes } from './memory.ts';
export { type Platform, systemPlatform } from './platform.ts';
export {
  type CommandOptions,
  type CommandResult,
  endCommands,
  identityOf,
  isRunning,
  type ProcessIdentity,
  runCommand,
  startDetached,
} from './process.ts';
export type { LimitPassed, ProcessLimits } from './process-limits.ts';
export { killGroup } from './process-family.ts';
export { raceDeadline } from './race-deadline.ts';
export { type Random } from './random.ts';
export { type Sandbox, sandboxed, sandboxFault, sandboxScratch, sandboxWorkspace, type Shown, systemFolders } from './sandbox.ts';
export { type RunningProcess, runningProcesses, worksIn } from './running-processes.ts';
export { systemTimer, type Timer } from './timer.ts';
