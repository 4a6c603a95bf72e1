import { shape as shapes } from '@tidegate/formats';
import type { ServiceLevel, Unit } from './data-contract.ts';
import type { Report } from './rule-place.ts';

/** What the standard and its users write for a unit: "d, day, days for days; y, yr, years for years". */
const units: Readonly<Record<Unit, readonly string[]>> = {
  second: ['s', 'sec', 'secs', 'second', 'seconds'],
  minute: ['min', 'mins', 'minute', 'minutes'],
  hour: ['h', 'hr', 'hrs', 'hour', 'hours'],
  day: ['d', 'day', 'days'],
  week: ['w', 'wk', 'week', 'weeks'],
  month: ['m', 'mo', 'mon', 'month', 'months'],
  year: ['y', 'yr', 'yrs', 'year', 'years'],
};

const { anything, list, object, optional, required, text } = shapes;
const levels = list(
  object({ property: required(text()), value: optional(anything()), unit: optional(text()), element: optional(text()) }, { open: true }),
);

interface Levels {
  /** `slaProperties` and `slaDefaultElement` of the document, as they stand there. */
  readonly given: unknown;
  readonly defaultElement: unknown;
  readonly object: { readonly names: readonly string[]; readonly isOnly: boolean };
  /** Property name → column. */
  readonly columns: ReadonlyMap<string, string>;
  readonly time: string | null;
  readonly report: Report;
}

/**
 * The promises about age that are of one object. An element is `object.property`, or a property alone where there is one object; without one it is the column
 * with the event time. Other properties of an SLA are documentation. What cannot be measured is reported.
 */
export function serviceLevels({ given, defaultElement, object: own, columns, time, report }: Levels): readonly ServiceLevel[] {
  const read = shapes.parse(levels, given ?? []);
  if (!read.ok) return []; // told by the schema
  return read.value.flatMap((level, index): readonly ServiceLevel[] => {
    const property = agesBy[level.property.toLowerCase()];
    const path = ['slaProperties', index];
    if (property === undefined) return [];
    const value = typeof level.value === 'string' ? Number(level.value) : level.value;
    const unit = unitOf(level.unit);
    const elements = (level.element ?? (typeof defaultElement === 'string' ? defaultElement : null))?.split(',').map((one) => one.trim());
    const measured = elements === undefined ? [time] : elements.flatMap((element) => columnOf(element, own, columns));
    if (measured.length === 0) return [];
    if (typeof value !== 'number' || !(value > 0)) {
      report(
        [...path, 'value'],
        `Cannot measure "${level.property}": its value must be a number above 0`,
        'Write "value: 4" with "unit: d"',
      );
      return [];
    }
    if (unit === null) {
      report([...path, 'unit'], `Cannot measure "${level.property}": it has no unit of time`, `Units: ${Object.keys(units).join(', ')}`);
      return [];
    }
    return measured.flatMap((column) => {
      if (column !== null && [...columns.values()].includes(column)) return [{ property, column, value, unit, path }];
      const found = column === null ? 'nothing says of which column' : `the object has no property "${column}"`;
      report(
        [...path, 'element'],
        `Cannot measure "${level.property}": ${found}`,
        'Write "element: object.property" with a date or timestamp',
      );
      return [];
    });
  });
}

export const agesBy: Readonly<Record<string, ServiceLevel['property']>> = {
  latency: 'latency',
  ly: 'latency',
  freshness: 'latency',
  retention: 'retention',
  re: 'retention',
};

/** The unit that a text means; days where there is none. */
export function unitOf(text = 'd'): Unit | null {
  const found = Object.entries(units).find(([, names]) => names.includes(text.toLowerCase()));
  return found === undefined ? null : (unitNames.find((unit) => unit === found[0]) ?? null);
}

const unitNames = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const;

/** The column that an element names; none when it is of another object. */
function columnOf(element: string, { names, isOnly }: Levels['object'], columns: Levels['columns']): readonly string[] {
  const dot = element.indexOf('.');
  if (dot < 0) return isOnly ? [columns.get(element) ?? element] : [];
  if (!names.includes(element.slice(0, dot))) return [];
  const property = element.slice(dot + 1);
  return [columns.get(property) ?? property];
}
