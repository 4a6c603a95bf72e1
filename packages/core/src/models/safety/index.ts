export { findingsIn, scanFile, scanFiles, scanRules } from './scan-file.ts';
export type { FileScan, ScanFinding } from './scan-finding.ts';
