export { type Cell, type Engine, type EngineOptions, openEngine, quoteName, quoteText, type Row } from './engine.ts';
export { type ExclusiveLock, tryLock } from './exclusive-lock.ts';
export { identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';
