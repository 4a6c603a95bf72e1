import { type Check, membersOf, type Report } from './draft.ts';

/** Sources that are asked by SQL. */
export const databases = ['postgres', 'mysql', 'sqlite'] as const;

/** A dataset has one source; a database gives it one table or one query, and no password stands in the file. */
export const checkSources: Check = (draft, report) => {
  const slots = new Map<string, string>();
  for (const [name, dataset] of membersOf(draft.data)) {
    const from = dataset?.from;
    if (from === undefined) continue;
    const [first, second] = Object.keys(from);
    if (first !== undefined && second !== undefined)
      report(['data', name, 'from', second], {
        code: 'TG-CONFIG-CONFLICT',
        message: `Cannot read "data.${name}" from "${first}" and "${second}": a dataset has one source`,
        hint: 'Delete one, or make two datasets',
        at: 'name',
      });
    if (dataset?.push !== undefined && !('files' in from) && first !== undefined)
      report(['data', name, 'push'], {
        code: 'TG-CONFIG-CONFLICT',
        message: `Cannot push rows to "data.${name}": it does not come from files`,
        hint: 'Delete "push", and write the rows where the dataset is read from',
        at: 'name',
      });
    for (const kind of databases) {
      const database = from[kind];
      if (database === undefined) continue;
      const at = { path: ['data', name, 'from', kind], title: `data.${name}.from.${kind}` };
      checkQuery(database, at, report);
      if ('url' in database) checkAddress(database.url, at, report);
      if ('replication' in database && database.replication !== undefined) checkReplication(database, at, report);
    }
    checkSlot(name, from.postgres, { slots, report });
  }
};

/** Two datasets that read from one slot take each other's changes away: what one has confirmed the server may throw away. */
function checkSlot(
  name: string,
  database: { readonly url?: unknown; readonly replication?: { readonly slot?: string | undefined } | undefined } | undefined,
  { slots, report }: { readonly slots: Map<string, string>; readonly report: Report },
): void {
  const slot = database?.replication?.slot;
  if (slot === undefined) return;
  const place = JSON.stringify([database?.url ?? null, slot]);
  const other = slots.get(place);
  slots.set(place, other ?? name);
  if (other === undefined) return;
  report(['data', name, 'from', 'postgres', 'replication', 'slot'], {
    code: 'TG-CONFIG-CONFLICT',
    message: `Cannot read "data.${name}" from the slot "${slot}": "data.${other}" reads from it`,
    hint: 'Give each dataset a slot of its own',
  });
}

interface Place {
  readonly path: readonly string[];
  readonly title: string;
}

interface QueryDraft {
  readonly table?: string | undefined;
  readonly query?: string | undefined;
  readonly cursor?: unknown;
  readonly where?: string | undefined;
}

function checkQuery({ table, query }: QueryDraft, { path, title }: Place, report: Report): void {
  if ((table === undefined) !== (query === undefined)) return;
  const found = table === undefined ? 'neither' : 'both';
  report(path, {
    code: 'TG-CONFIG-INVALID',
    message: `"${title}" must have either "table" or "query": found ${found}`,
    hint: found === 'both' ? 'Delete one' : 'Add "table:" with a name, or "query:" with a SELECT or the path of a .sql file',
  });
}

function checkAddress(url: string | object | undefined, { path, title }: Place, report: Report): void {
  if (typeof url !== 'string' || !/^\w+:\/\/[^/?#]*:[^@?#]*@|[?&](password|sslpassword)=/i.test(url)) return;
  report([...path, 'url'], {
    code: 'TG-CONFIG-INVALID',
    message: `"${title}.url" must not hold a password: what stands in tidegate.yaml is in the history of Git`,
    hint: 'Change the password, put the address into a secret, and write "url: { secret: NAME }"',
  });
}

function checkReplication({ query, cursor, where }: QueryDraft, { path, title }: Place, report: Report): void {
  const other = query !== undefined ? 'query' : cursor !== undefined ? 'cursor' : where !== undefined ? 'where' : null;
  if (other === null) return;
  report([...path, other], {
    code: 'TG-CONFIG-CONFLICT',
    message: `Cannot use "${other}" with "${title}.replication": the log has the changes of a table`,
    hint: `Delete "${other}" or "replication"`,
    at: 'name',
  });
}
