export { type FileDigests, fileDigests, type FileReading, type FileStamp, isSameStamp, stampOf } from './file-digests.ts';
export { folderObjectStore } from './folder-object-store.ts';
export { findHome, type Home } from './home.ts';
export { removeUnfinished } from './install.ts';
export type { ObjectStore, StoredObject } from './object-store.ts';
export { readRecord } from './read-record.ts';
export { openState, type State } from './state.ts';
export { isTreePath } from './tree.ts';
