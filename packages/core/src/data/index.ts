export { judgePushedRows, type RejectedRow } from './arrivals/pushed-rows.ts';
export { type Change, type ColumnDifference, compareVersions, type VersionDifference } from './compare-versions.ts';
export { type DataContract } from './contract/data-contract.ts';
export { inferContract, type InferOptions } from './contract/infer-contract.ts';
export { type ContractText, parseContract } from './contract/parse-contract.ts';
export { type DatasetDeps, datasetKind } from './dataset-kind.ts';
export { datasetNodes } from './dataset-nodes.ts';
export { type FileInPlace, newestEvent } from './newest-event.ts';
export { type DatasetFile, formatOf } from './read/dataset-file.ts';
export {
  acceptedRows,
  brokenColumn,
  judgedRows,
  type ReadableFile,
  readableFiles,
  type RowReading,
  rowReading,
} from './arrivals/row-reading.ts';
export { csvDialect } from './read/csv-dialect.ts';
export { datasetSql } from './read/dataset-sql.ts';
export { fromText, isMissing, textTypeOf } from './read/text-type.ts';
export { namingFiles } from './read/read-failure.ts';
export { scratchFolder } from './scratch-folder.ts';
export { readSchema, readVersion } from './read-version.ts';
