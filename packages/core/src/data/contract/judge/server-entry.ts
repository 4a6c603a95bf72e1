import { failure, nearest, shape } from '@tidegate/formats';

const { anything, list, object, optional, required, text } = shape;

/** One entry of `servers:`: the names that are read of it, whatever its type. */
const entry = object(
  {
    server: required(text()),
    type: required(text()),
    path: optional(text()),
    location: optional(text()),
    endpointUrl: optional(text()),
    database: optional(text()),
    schema: optional(anything()),
    host: optional(text()),
    port: optional(anything()),
    customProperties: optional(list(object({ property: required(text()), value: required(anything()) }, { open: true }))),
  },
  { open: true },
);

export type ServerEntry = shape.TypeOf<typeof entry>;

/** The server of a name. @throws TG-DATA-CONTRACT-SERVER */
export function serverNamed(servers: unknown, name: string, file: string): ServerEntry {
  const read = shape.parse(list(entry), servers ?? []);
  const all = read.ok ? read.value : [];
  const found = all.find(({ server }) => server === name);
  if (found !== undefined) return found;
  const names = all.map(({ server }) => server);
  const near = nearest(name, names);
  const hint = near !== null ? `Did you mean "${near}"?` : names.length === 0 ? 'Name files with "--data"' : `Servers: ${names.join(', ')}`;
  throw failure('TG-DATA-CONTRACT-SERVER', `Cannot find the server "${name}" in "${file}"`, hint);
}

/** A secret that the entry names for its address (`tidegate.secret`). */
export function secretOf({ customProperties = [] }: ServerEntry): string | null {
  const value = customProperties.find(({ property }) => property === 'tidegate.secret')?.value;
  return typeof value === 'string' ? value : null;
}

export function notReadable({ server, type }: ServerEntry, why: string, hint: string): Error {
  return failure('TG-DATA-CONTRACT-SERVER', `Cannot read the server "${server}" (${type}): ${why}`, hint);
}
