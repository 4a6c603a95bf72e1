export { entityKeyCodec, keyTypes } from './entity-key.ts';
export { type FeatureLookUp, type FeatureReader, type FeatureStatus, featureReader } from './feature-reader.ts';
export type {
  ArrivalWatermark,
  ArrivedFile,
  OnlineAdvance,
  OnlineEntry,
  OnlineProgress,
  OnlineRow,
  OnlineStore,
  OnlineView,
} from './online-store.ts';
export { openSqliteOnlineStore } from './sqlite-online-store.ts';
