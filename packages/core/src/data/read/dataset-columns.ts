import { failure, type LogicalType } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { canMeet, logicalTypeOf } from './column-type.ts';
import type { FileFormat } from './dataset-file.ts';
import type { FileSchema } from './file-schema.ts';
import { scanSql } from './scan.ts';

/** A column over all files of a dataset, before text is turned into values. */
export interface RawColumn {
  readonly name: string;
  /** Type of the engine when all files are read together. */
  readonly type: string;
}

/**
 * The columns of all files together, by name (capitals aside), in the order in which they appear first.
 * @throws TG-DATA-TYPE-CONFLICT when a column has types in two files that cannot meet and both have values
 */
export async function unifyColumns(engine: Engine, schemas: readonly FileSchema[], format: FileFormat): Promise<readonly RawColumn[]> {
  const found = new Map<string, Appearance[]>();
  for (const schema of schemas)
    for (const { name, type } of schema.columns) {
      const appearances = found.get(name.toLowerCase()) ?? [];
      appearances.push({ name, type, schema });
      found.set(name.toLowerCase(), appearances);
    }
  const columns: RawColumn[] = [];
  for (const appearances of found.values()) columns.push(await unify(engine, appearances, format));
  return columns;
}

interface Appearance {
  readonly name: string;
  readonly type: string;
  readonly schema: FileSchema;
}

async function unify(engine: Engine, appearances: readonly Appearance[], format: FileFormat): Promise<RawColumn> {
  const name = appearances[0]?.name ?? '';
  const types = new Map(appearances.map((appearance) => [appearance.type, appearance]));
  const [only] = types.keys();
  if (types.size === 1 && only !== undefined) return { name, type: only };
  const withValues = await havingValues(engine, [...types.values()], { all: appearances, format });
  const [first, ...rest] = withValues;
  if (first === undefined) return { name, type: 'VARCHAR' };
  const stranger = rest.find((other) => !canMeet(first.type, other.type));
  if (stranger === undefined)
    return {
      name,
      type: await widest(
        engine,
        withValues.map(({ type }) => type),
      ),
    };
  if (format === 'json' && withValues.every(({ type }) => isTextual(type))) return { name, type: 'VARCHAR' };
  throw failure(
    'TG-DATA-TYPE-CONFLICT',
    `Cannot read column "${name}": it is ${inWords(first)}, and ${inWords(stranger)}`,
    `Write "${name}" with one type in all files`,
  );
}

const inWords = ({ type, schema }: Appearance): string => `${logicalTypeOf(type)} (${type}) in "${schema.file.path}"`;

/** A column that a writer found no value for has whatever type the writer likes: such files have no say. */
async function havingValues(
  engine: Engine,
  kinds: readonly Appearance[],
  { all, format }: { readonly all: readonly Appearance[]; readonly format: FileFormat },
): Promise<readonly Appearance[]> {
  if (kinds.every(({ type }) => canMeet(type, kinds[0]?.type ?? ''))) return kinds;
  const kept: Appearance[] = [];
  for (const kind of kinds) {
    const alike = all.filter(({ type }) => type === kind.type);
    for (const appearance of alike) {
      const scan = scanSql([appearance.schema], { columns: [appearance], format });
      const [row] = await engine.rows(`SELECT count(${quoteName(appearance.name)}) AS n FROM (${scan})`);
      if (Number(row?.['n'] ?? 0) === 0) continue;
      kept.push(appearance);
      break;
    }
  }
  return kept;
}

async function widest(engine: Engine, types: readonly string[]): Promise<string> {
  const list = types.map((type) => `NULL::${type}`).join(', ');
  const [column] = await engine.describe(`SELECT unnest([${list}]) AS value`);
  return column?.type ?? 'VARCHAR';
}

/** In JSON a date is text that looks like one, so that dates and other texts may meet as text. */
function isTextual(type: string): boolean {
  const textual: readonly LogicalType[] = ['string', 'date', 'timestamp', 'time'];
  return textual.includes(logicalTypeOf(type));
}
