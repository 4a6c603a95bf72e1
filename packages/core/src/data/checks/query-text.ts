import { quoteName } from '@tidegate/runtime';

/** A query of a data contract with the column that its rule is of, whose name is quoted whether or not the query does so. */
export function withColumn(query: string, column: string | null): string {
  return query.replaceAll(/"?\$?\{(?:property|column|field)\}"?/g, () => quoteName(column ?? ''));
}

/**
 * A query of a data contract with the table that it reads. What other tools put before the name of a table (`{schema}.{table}`) goes, for there is one; alone it is the
 * name of the object, as in contracts for datacontract-cli.
 */
export function withTable(query: string, object: string): string {
  const place = '"?\\$?\\{(?:schema|database|catalog|dataset|project)\\}"?';
  const table = '"?\\$?\\{(?:object|table|model)\\}"?';
  return query
    .replaceAll(new RegExp(`(?:${place}\\.)+(?=${table}|${place})`, 'g'), '')
    .replaceAll(new RegExp(`${table}|${place}`, 'g'), () => quoteName(object));
}
