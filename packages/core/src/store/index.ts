export { folderObjectStore } from './folder-object-store.ts';
export { findHome, type Home } from './home.ts';
export type { ObjectStore } from './object-store.ts';
export { openState, type State } from './state.ts';
