export { anomaliesKind } from './anomalies/anomalies-kind.ts';
export { anomalyNodes, defaultAnomalies } from './anomalies/anomaly-nodes.ts';
export { judgeHistory, type VersionHistory } from './anomalies/judge-history.ts';
export { figure as measureFigure } from './anomalies/measure-reason.ts';
export { measureVersion } from './anomalies/measures-of.ts';
export { judgePushedRows, type RejectedRow } from './arrivals/pushed-rows.ts';
export { asideVersion } from './quarantine/aside-version.ts';
export { type Change, type ColumnDifference, compareVersions, type VersionDifference } from './compare-versions.ts';
export { exampleRows, personalValue } from './checks/example-rows.ts';
export { type DataContract } from './contract/data-contract.ts';
export { type JudgedCheck, type JudgedContract, judgeFiles } from './contract/judge/judged-contract.ts';
export { type ContractTestRequest, testContractFile } from './contract/judge/test-contract-file.ts';
export { type ContractDiff, type WeighedChange } from './contract/diff/diff-contracts.ts';
export { type ContractDiffRequest, type DataToWeigh, diffContractFiles } from './contract/diff/diff-contract-files.ts';
export { consumerFiles } from './consumers/consumer-files.ts';
export { consumerNodes } from './consumers/consumer-nodes.ts';
export { consumersKind } from './consumers/consumers-kind.ts';
export { versionFiles } from './version-files.ts';
export type { ContractSummary, LintedContract } from './contract/lint/lint-contract.ts';
export { type Exported } from './contract/export/exported.ts';
export { exportContract, type ExportKind, exportKinds } from './contract/export/export-contract.ts';
export {
  type ContractImport,
  type ForeignKind,
  foreignKinds,
  type ForeignText,
  importContract,
} from './contract/import/import-contract.ts';
export { readPandera } from './contract/import/pandera/read-pandera.ts';
export { lintContractFile } from './contract/lint/lint-contract-file.ts';
export { type ContractText, parseContract } from './contract/parse-contract.ts';
export { findingsOf, jointConfidence, judgeTogether, mostJointRows, mostLists } from './drift/together/judge-together.ts';
export { fitReconstruction, judgeReconstruction } from './drift/together/reconstruction.ts';
export { findSlices, mostSlicedColumns, mostSlicedRows } from './drift/slices/find-slices.ts';
export { drawColumn, drawnRows, sampleRows } from './drift/together/sampled-rows.ts';
export { type BeyondChoice, type BeyondColumns, judgeBeyondColumns } from './drift/beyond-columns.ts';
export { columnDrift, driftConfidence } from './drift/column-drift.ts';
export type { DriftSide } from './drift/drift-side.ts';
export { type NamedSide, personalColumns, sideOfRecord, sideOfVersion } from './drift/version-side.ts';
export { personalReason } from './infer/personal-column.ts';
export type { DriftReferences } from './drift/run-drift.ts';
export { judgeDataDrift } from './drift/judge-data-drift.ts';
export type { DataDriftSettings, JudgedSides } from './drift/judged-sides.ts';
export { judgeProfileDrift } from './drift/profiles/judge-profile-drift.ts';
export { type ProfileSide, profileSide, sideOfProfile } from './drift/profiles/profile-side.ts';
export { logicalTypeOf } from './read/column-type.ts';
export { halfColumn } from './drift/count-columns.ts';
export { type CurrentColumn, currentColumn, valueSql } from './drift/current-column.ts';
export { binning, referenceColumn } from './drift/reference-column.ts';
export { usualDistances, windowColumn } from './drift/usual-distance.ts';
export { type DvcCache, dvcCache } from './dvc/dvc-cache.ts';
export { type DvcOutput, isDvcFile, readDvcFile } from './dvc/dvc-file.ts';
export { type DvcFile, dvcFiles } from './dvc/dvc-files.ts';
export { hasDvcMd5 } from './dvc/dvc-md5.ts';
export { type DatasetDeps, datasetKind, makeDataset } from './dataset-kind.ts';
export { agesOf, type AgeOfColumn, agesPromised, momentOf, type PromisedColumnAge } from './further/ages.ts';
export { durationText } from './further/freshness.ts';
export { type ChecksDeps, datasetChecksKind } from './further/checks-kind.ts';
export { describedDatasets } from './further/relationship-ends.ts';
export { behindChecks, datasetChecksNodes, pythonScript } from './further/checks-nodes.ts';
export type { PythonAnswer, PythonCheck, PythonRequest } from './further/python-check.ts';
export { convertRows } from './convert-rows.ts';
export { copyOptions, type RowFormat, rowFormats } from './row-format.ts';
export { datasetNodes, nodeOfAdded, nodeOfTree, type Readings } from './dataset-nodes.ts';
export { countRows } from './onto/count-rows.ts';
export { type OpenedRows, openRows } from './onto/open-rows.ts';
export { editTable, refuseAbsentPartitions } from './tables/edit-table.ts';
export type { PartsElsewhere } from './tables/groups/groups-with-keys.ts';
export { ontoNode, type TreeOnto } from './onto/onto-version.ts';
export { contractText, headLines } from './infer/contract-text.ts';
export type { OtherDataset } from './infer/foreign-keys.ts';
export { inferContract } from './infer/infer-contract.ts';
export { type BrokenByData, proposeChanges, type ProposedChange } from './infer/propose-changes.ts';
export type { InferredContract } from './infer/inferred-contract.ts';
export { refusePointers } from './lfs-pointer.ts';
export { type FileInPlace, newestEvent } from './newest-event.ts';
export { type DatasetFile, type FileFormat, formatOf, type TableFormat } from './read/dataset-file.ts';
export {
  acceptedRows,
  brokenColumn,
  judgedRows,
  type ReadableFile,
  readableFiles,
  type RowReading,
  rowReading,
} from './arrivals/row-reading.ts';
export { type ParquetSummary, parquetSummary, sparseParquet } from './read/parquet-by-range.ts';
export { csvDialect } from './read/csv-dialect.ts';
export { datasetSql } from './read/dataset-sql.ts';
export { fromText, isMissing, textTypeOf } from './read/text-type.ts';
export { measureRows } from './profile/measure-rows.ts';
export { readWhole } from './profile/parts/kept-parts.ts';
export { type Correlations, correlationsOf } from './profile/correlations.ts';
export { mergeData } from './merge/merge-data.ts';
export type { MergeConflict, Side, SideChange } from './merge/merge-request.ts';
export { namingFiles } from './read/read-failure.ts';
export { scratchFolder } from './scratch-folder.ts';
export { inTurn } from './tables/side-by-side.ts';
export { filesSource } from './sources/files/files-source.ts';
export { treeArtifact } from './tree-artifact.ts';
export { openSource } from './sources/open-source.ts';
export { endReplication } from './sources/end-replication.ts';
export type { SlotAtServer } from './sources/postgres/replication/drop-slot.ts';
export { compareSchemas, type SchemaChange } from './sources/compare-schemas.ts';
export { putOver, rowsSql } from './sources/rows/put-over.ts';
export type { RowsReading, Source, SourceFile, SourceFinding, SourceReading } from './sources/source.ts';
export { deliveredTree, readSchema, readVersion } from './read-version.ts';
export { plainTree, tableAt, tablesAsTrees } from './tables/tables-as-trees.ts';
export { type LeftOutRows, newestPartitions } from './tables/rows/newest-partitions.ts';
export { tableParts } from './tables/table-parts.ts';
export { storeTable } from './tables/store-table.ts';
export { compareFiles, type ComparedFile, type ComparedFiles } from './compare-files.ts';
export { plainVersion } from './plain-version.ts';
export { compareRows } from './rows/compare-rows.ts';
export { type ExampleRow, type RowDifference } from './rows/row-difference.ts';
export { findRows, type FindRequest, type FoundRows } from './forget/find-rows.ts';
export type { ForgottenRows } from './forget/forgotten-rows.ts';
export { withoutForgotten } from './forget/forgotten-rows.ts';
export { impossibleValue, keyColumnsIn, type KeyRows, keysAmong, keyTexts, takeKeys } from './forget/key-rows.ts';
export { parseKeys, readKeysFile } from './forget/parse-keys.ts';
export { hashOfRow, type RowHashing } from './forget/row-hash.ts';
export { isSigned, publicKeyOf, signTombstone } from './forget/sign-tombstone.ts';
export { tableWithout } from './forget/table-without.ts';
export { versionWithout } from './forget/version-without.ts';
