import { chanceSql, unitSql } from '../chance.ts';

const words = `ring bell leave at the door please call before coming gift wrap it in red paper no plastic back yard second floor left side
  neighbour has a key dog barks but is kind deliver after noon only weekdays fragile glass handle with care thanks for birthday`;

/** SQL of the orders of a shop, for a database: what a row has looks like chance and never changes. */
export function ordersSql(rows: number): string {
  const unit = (salt: string): string => unitSql(salt, 'i');
  const list = words.split(/\s+/).map((word) => `'${word}'`);
  const placed = `(TIMESTAMP '2024-01-01' + INTERVAL (i * 780 + CAST(floor(600 * ${unit('placed')}) AS BIGINT)) SECOND)`;
  const note = `list_transform(range(CAST(3 + ${chanceSql('words', 'i')} % 6 AS BIGINT)), j -> list_extract([${list.join(', ')}], CAST(1 + md5_number_lower('note:' || i || ':' || j) % ${list.length} AS BIGINT)))`;
  return `
    SELECT id, reference, customer, placed, CASE WHEN open < 0.08 THEN NULL ELSE placed + INTERVAL (CAST(60 + 86400 * later AS BIGINT)) SECOND END AS paid,
      country, CAST(total AS DECIMAL(10, 2)) AS total, round(total / 20 + 3 * heavy, 1) AS weight, express, note
    FROM (
      SELECT i AS id, upper(left(md5('reference:' || i), 8)) AS reference, CAST(1 + ${chanceSql('customer', 'i')} % 300 AS INTEGER) AS customer,
        ${placed} AS placed, ${unit('open')} AS open, ${unit('later')} AS later, ${unit('heavy')} AS heavy,
        CASE WHEN ${unit('country')} < 0.5 THEN 'DE' WHEN ${unit('country')} < 0.75 THEN 'FR' WHEN ${unit('country')} < 0.9 THEN 'AT'
          WHEN ${unit('country')} < 0.98 THEN 'CH' ELSE 'LU' END AS country,
        10 + 1.5 * extract('hour' FROM ${placed}) + 16 * (${unit('country')} < 0.5)::INT + 60 * ${unit('total')} * ${unit('dear')} AS total,
        ${unit('express')} < 0.2 AS express, array_to_string(${note}, ' ') AS note
      FROM range(${rows}) r(i)
    ) ORDER BY id`;
}
