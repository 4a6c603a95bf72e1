export { monitoringFiles } from './monitoring-files.ts';
