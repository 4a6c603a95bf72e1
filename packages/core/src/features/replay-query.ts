import type { Engine } from '@tidegate/runtime';
import { type ComparedColumn, compareTables, type Differences } from './compare-tables.ts';
import type { World } from './late-columns.ts';
import { internalName, type ResolvedService, type ResolvedView, selectServiceRows } from './resolved-service.ts';
import { engineFailure, type SqlSource } from './sql-source.ts';
import { names } from './view-table.ts';

/** Times after `after` (null: from the start) up to `until`, as the engine writes them. */
export interface Span {
  readonly after: string | null;
  readonly until: string;
}

/** One query of a service that is replayed: the rows, or a view. */
export interface ReplayQuery {
  readonly source: SqlSource;
  /** Datasets it reads. */
  readonly reads: readonly string[];
  /** Worlds in which it must come out the same. */
  readonly worlds: readonly World[];
  /** SELECT over the datasets of everything there is. */
  readonly select: string;
  /** Where that lies once it is computed. */
  readonly table: string;
  /** Computes the rows of a span of time again, from what the datasets show now, and compares them. */
  readonly compare: (engine: Engine, span: Span) => Promise<Differences>;
  /** For rows in one computation only: what to call them. */
  readonly rowsAre: string;
}

/**
 * The rows of a service at a moment: keys, fields and time of a row asked for by then must be the same. A row that is there in only one
 * of the two says nothing: a training set may well be chosen by what came of it. Absent values are not enough to see what it is
 * made of, for `WHERE late IS NOT NULL` would hide just the rows that tell; so they are also changed to others.
 */
export function rowsQuery(service: ResolvedService, reads: readonly string[]): ReplayQuery {
  const { definition } = service;
  const used = [...new Set([...service.spec.keys.map((key) => key.name), ...definition.request, ...definition.keysAsFeatures])];
  const columns = used.map((name) => {
    const type = service.rows.find((column) => column.name === name)?.type;
    return { name, internal: internalName(service, name), isNumber: type === 'number' };
  });
  const table = 'work.full_rows';
  const id = internalName(service, definition.id);
  return {
    source: definition.rows,
    reads,
    worlds: ['absent', 'otherwise'],
    select: selectServiceRows(service),
    table,
    rowsAre: definition.time,
    compare: async (engine, span) => {
      const asked = `FROM ${table} WHERE ${within('time', span)}`;
      // not by the replayed time, which may be what differs
      await recompute(engine, definition.rows, `SELECT * FROM (${selectServiceRows(service)}) WHERE ${id} IN (SELECT ${id} ${asked})`);
      return compareTables(engine, {
        full: `SELECT * ${asked}`,
        replayed: `SELECT * FROM work.replayed`,
        identity: [id],
        columns: [{ name: definition.time, internal: 'time', isNumber: false }, ...columns],
        order: 'time',
        existence: false,
      });
    },
  };
}

/** A view at a moment: its rows that are known by then must be the same, each of them there. */
export function viewQuery(view: ResolvedView, index: number, reads: readonly string[]): ReplayQuery {
  const keys = names('key', view.parts.keys.length);
  const features: readonly ComparedColumn[] = view.features.map((feature, k) => ({
    name: `${view.join.as}__${feature.name}`,
    internal: `feature_${k}`,
    isNumber: feature.type === 'number',
  }));
  // several rows of one key and time are told apart by what they say
  const nth = `row_number() OVER (PARTITION BY ${[...keys, 'event', 'known'].join(', ')} ORDER BY ${features.map((feature) => feature.internal).join(', ')}) AS nth`;
  const table = `work.full_view_${index}`;
  return {
    source: view.join.view.source,
    reads,
    worlds: ['absent'],
    select: `SELECT *, ${nth} FROM (${view.select})`,
    table,
    rowsAre: view.join.as,
    compare: async (engine, span) => {
      const known = within('available', span);
      await recompute(engine, view.join.view.source, `SELECT *, ${nth} FROM (${view.select}) WHERE ${known}`);
      return compareTables(engine, {
        full: `SELECT * FROM ${table} WHERE ${known}`,
        replayed: 'SELECT * FROM work.replayed',
        identity: [...keys, 'event', 'known', 'nth'],
        columns: features,
        order: 'available',
        existence: true,
      });
    },
  };
}

async function recompute(engine: Engine, source: SqlSource, select: string): Promise<void> {
  await engine.run(`CREATE OR REPLACE TABLE work.replayed AS ${select}`).catch((error: unknown) => {
    throw engineFailure(source, error);
  });
}

function within(time: string, { after, until }: Span): string {
  return `${after === null ? '' : `${time} > TIMESTAMP '${after}' AND `}${time} <= TIMESTAMP '${until}'`;
}
