import type { Json } from '@tidegate/formats';

/** The data source that a reader chooses at the top of the page. */
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

/** A panel, as far as ours differ. Widths add up to 24 a line. */
export interface PanelSpec {
  readonly title: string;
  /** Shown beside the title: what is seen, and what is good. */
  readonly description: string;
  readonly kind: 'stat' | 'timeseries' | 'table';
  readonly width: 6 | 8 | 12 | 24;
  /** A unit of Grafana: `s`, `percentunit`, `reqps`, `short`. */
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** From these values on the figure has this colour; green below. */
  readonly turns?: readonly { readonly from: number; readonly color: 'red' | 'orange' | 'green' }[];
  /** The colour below all of them; by default green. */
  readonly base?: 'red' | 'green';
}

/** Panels from left to right and from top to bottom, as Grafana 10 and later read them. */
export function panels(specs: readonly PanelSpec[]): readonly Json[] {
  let x = 0;
  let y = 0;
  let height = 0;
  return specs.map((spec, index) => {
    if (x + spec.width > 24) [x, y, height] = [0, y + height, 0];
    const gridPos = { x, y, w: spec.width, h: heights[spec.kind] };
    x += spec.width;
    height = Math.max(height, gridPos.h);
    return panel(spec, { id: index + 1, gridPos });
  });
}

const heights = { stat: 4, timeseries: 8, table: 6 } as const;

interface Placed {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

function panel(spec: PanelSpec, { id, gridPos }: Placed): Json {
  const { title, description, kind } = spec;
  return {
    id,
    type: kind,
    title,
    description,
    datasource,
    gridPos,
    targets: spec.queries.map((query, index) => target(kind, query, index)),
    fieldConfig: { defaults: defaults(spec), overrides: [] },
    options: options[kind],
    ...(kind === 'table' && { transformations: [withoutNoise] }),
  };
}

function target(kind: PanelSpec['kind'], { expr, legend }: PanelSpec['queries'][number], index: number): Json {
  const isNow = kind !== 'timeseries';
  return {
    refId: String.fromCharCode(65 + index),
    datasource,
    editorMode: 'code',
    expr,
    legendFormat: legend,
    instant: isNow,
    range: !isNow,
    format: kind === 'table' ? 'table' : 'time_series',
  };
}

function defaults({ kind, unit, turns = [], base = 'green' }: PanelSpec): Json {
  const steps = [{ color: base, value: null }, ...turns.map(({ from, color }) => ({ color, value: from }))];
  return {
    unit,
    color: { mode: kind === 'stat' ? 'thresholds' : 'palette-classic' },
    thresholds: { mode: 'absolute', steps },
    ...(kind === 'timeseries' && {
      min: 0,
      custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: 8, showPoints: 'never', spanNulls: false },
    }),
  };
}

const options: { readonly [Kind in PanelSpec['kind']]: Json } = {
  stat: {
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    textMode: 'auto',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  },
  timeseries: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
  table: { showHeader: true, cellHeight: 'sm' },
};

/** Columns of the scrape that say nothing about a release. */
const withoutNoise: Json = {
  id: 'organize',
  options: { excludeByName: { Time: true, Value: true, __name__: true, job: true, project: true }, indexByName: {}, renameByName: {} },
};
