export { type Cell, type Engine, type EngineOptions, openEngine, quoteName, quoteText, type Row } from './engine.ts';
