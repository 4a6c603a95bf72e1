export { type Captured, capture } from './capture.ts';
export { type Clock, isoTime, systemClock } from './clock.ts';
export { compileCacheVariables } from './compile-cache.ts';
export { type CutOptions, cutFile } from './cut/cut-file.ts';
export type { Piece } from './cut/cut-segment.ts';
export { concurrently } from './concurrently.ts';
export { copyMeasured } from './copy-measured.ts';
export {
  ageOf,
  appendDurably,
  availableParallelism,
  beginningOf,
  type BigIntStats,
  chmod,
  chmodSync,
  closeSync,
  constants,
  copyFile,
  copyFileSync,
  createReadStream,
  createWriteStream,
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
  linkText,
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
  readTextNow,
  realpath,
  realpathSync,
  rename,
  renameSync,
  replaceFile,
  rm,
  rmdirSync,
  rmSync,
  stat,
  type Stats,
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
  writeLink,
  writeSync,
} from './files.ts';
export { fingerprintFolder, fingerprintOf } from './fingerprint-folder.ts';
export { isForeignName } from './foreign-name.ts';
export { runInForeground } from './foreground.ts';
export { findGpus } from './gpus.ts';
export { digestOfBytes, digestOfFile, measureFile, measureFiles } from './hash.ts';
export { type HttpAnswer, type HttpClient, type HttpRequest, openHttpClient } from './http.ts';
export {
  type ExchangeOptions,
  type HttpExchange,
  type HttpQuestion,
  openHttpExchange,
  type StreamedAnswer,
  wholeAnswer,
} from './http-exchange.ts';
export { serveStreams, type StreamedCall, type StreamedReply, type StreamServer, type StreamServing } from './http-streams-server.ts';
export { type HttpCall, type HttpReply, type HttpServer, serveOnLoopback } from './http-server.ts';
export { askOverSocket } from './line-socket.ts';
export { type LineProcess, openLineProcess } from './line-process.ts';
export { type FileToRead, readFilesHere } from './read-files-here.ts';
export { readFiles } from './read-files.ts';
export { type FileToWrite, makingRoom, writeFilesHere, writePrivateFile } from './write-files-here.ts';
export { writeFiles } from './write-files.ts';
export { removeLeftovers } from './leftovers.ts';
export { eachLine } from './lines.ts';
export { machineClass } from './machine.ts';
export { keepHeapSmall, memoryBytes } from './memory.ts';
export { peakMemory } from './peak-memory.ts';
export { isPassing, type NetworkFault, networkFault } from './network-fault.ts';
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
export { atGate, faultAtGate } from './gate.ts';
export { type Sandbox, sandboxed, sandboxFault, sandboxScratch, sandboxWorkspace, type Shown, systemFolders } from './sandbox.ts';
export { openS3, type S3Bucket, type S3Condition, type S3Listed } from './s3/s3-bucket.ts';
export { type S3Fault } from './s3/s3-fault.ts';
export { isPartOf, s3Multipart, type S3Multipart, type S3Part } from './s3/s3-multipart.ts';
export { s3Address, type S3Keys, type S3Place } from './s3/s3-place.ts';
export { type RunningProcess, runningProcesses, worksIn } from './running-processes.ts';
export { type Codec, type Squeezed, unsqueezed } from './squeeze.ts';
export { squeezePieces } from './squeeze-pieces.ts';
export { systemTimer, type Timer } from './timer.ts';
export { isAddressNumber, refuseUnfitPem } from './tls-parts.ts';
