/**
 * Files of a project with features of two datasets: orders of a shop, which are late the more often the more it rains. The model
 * is plain Python, of the weight that `weight.txt` says.
 */
export function shop(): { readonly [path: string]: string } {
  return {
    '.gitignore': 'build/\nmodel.py\n',
    'tidegate.yaml': `version: 1
project: shop
data:
  orders: { from: { files: data/orders.csv } }
  weather: { from: { files: data/weather.csv } }
features: { definitions: features/ }
steps: { train: { run: python3 train.py, in: [features.delivery/train, weight.txt], out: { model: model.py } } }
models:
  late:
    artifact: steps.train.model
    evaluate: { on: features.delivery/test, label: late, metrics: [auc] }
    gate: { min: { auc: 0.3 }, primary: { metric: auc, margin: 0.5 } }
services: { delivery-api: { model: late, features: delivery } }
environments:
  staging: { target: local }
  production: { target: local, after: staging }
`,
    'data/orders.csv': ordersCsv(400),
    'data/weather.csv': weatherCsv(400),
    'features/delivery.yaml': definitions(['weather']),
    'features/rows.sql': 'SELECT id, moment, town, distance, late FROM orders',
    'features/weather.sql': 'SELECT town, moment, rain FROM weather',
    'features/load.sql': 'SELECT town, moment, count(*) OVER (PARTITION BY town ORDER BY moment ROWS 9 PRECEDING) AS recent FROM orders',
    'train.py': trainPy,
    'weight.txt': '1',
  };
}

/** The feature definitions with these views joined: `weather` (of the dataset of that name), `load` (of the orders). */
export function definitions(views: readonly string[]): string {
  return `entities: { town: { keys: [town] } }
views:
${views.map((view) => `  ${view}: { entity: town, sql: ${view}.sql, time: moment }`).join('\n')}
services:
  delivery:
    rows: rows.sql
    id: id
    time: moment
    label: late
    request: [distance]
    views: [${views.join(', ')}]
    split: { test: last 50% }
`;
}

const towns = ['Ulm', 'Bonn'];

function timeOf(minute: number): string {
  return new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString().slice(0, 19).replace('T', ' ');
}

/** A number from 0 to 9 that looks like chance. */
function chance(seed: number): number {
  return ((seed * 7919 + 104729) % 9973) % 10;
}

function ordersCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const isLate = chance(index) + chance(Math.floor(index / 2)) + (chance(index + 5000) - 4) > 9;
    return `o${index},${timeOf(2 * index + 1)},${towns[index % 2]},${chance(index)},${isLate}`;
  });
  return `id,moment,town,distance,late\n${lines.join('\n')}\n`;
}

function weatherCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => `${towns[index % 2]},${timeOf(2 * index)},${chance(Math.floor(index / 2))}`);
  return `town,moment,rain\n${lines.join('\n')}\n`;
}

/** Only the standard library: the training set is not read, the weight decides. */
const trainPy = `
weight = open("weight.txt").read().strip()
open("model.py", "w").write(f'''
def predict(rows):
    records = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    return [min(1.0, max(0.0, ((row["distance"] or 0) + {weight} * ((row.get("weather__rain") or 0) + (row.get("load__recent") or 0))) / 60)) for row in records]
''')
`;
