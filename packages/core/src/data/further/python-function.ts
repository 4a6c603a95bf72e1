import { quoteName } from '@tidegate/runtime';
import { numberAt, textAt, textsAt } from '../contract/check-arguments.ts';
import { columnsNamed, type Judge, notMeasurable } from './further-place.ts';
import { shownRows } from './shown-rows.ts';

/** How long a function may take when the data contract says nothing. */
const defaultTimeoutMs = 600_000;
/** How much memory it may take. */
const defaultMemoryBytes = 4e9;

/** `python`: rows that a function of the user says break what it is for. */
export const pythonFunction: Judge = async ({ rule, body }, place) => {
  const { own, askPython } = place;
  const [file = '', name = ''] = textAt(body.given, 'function').split(/:(?=\w+$)/);
  const promise = `${name} of ${file} finds nothing`;
  const wanted = textsAt(body.given, 'columns');
  const found = columnsNamed(own, wanted);
  if (typeof found === 'string') return notMeasurable(promise, 'accuracy', found);
  const columns = wanted.length > 0 ? found : own.columns.filter((column) => !own.personal.has(column.name));
  const answer = await askPython({
    check: rule.name ?? name,
    file,
    function: name,
    rows: `SELECT * FROM ${own.sql}`,
    columns: columns.map((column) => column.name),
    isPersonal: columns.some((column) => own.personal.has(column.name)),
    timeoutMs: numberAt(body.given, 'timeout') ?? defaultTimeoutMs,
    memoryBytes: numberAt(body.given, 'memory') ?? defaultMemoryBytes,
  });
  const places = answer.rows.join(', ');
  const numbered = `SELECT *, row_number() OVER () - 1 AS ${quoteName(placeOfRow)} FROM ${own.sql}`;
  const examples =
    answer.rows.length === 0
      ? []
      : await shownRows(place, { from: `SELECT * FROM (${numbered}) WHERE ${quoteName(placeOfRow)} IN (${places})`, columns });
  return {
    promise,
    dimension: 'accuracy',
    measure: { kind: 'query', query: '', limit: body.limit, path: [], words: { one: 'breaks it', many: 'break it', instance: false } },
    measurement: { found: answer.failing },
    examples,
    shows: [],
  };
};

const placeOfRow = 'tidegate_row';
