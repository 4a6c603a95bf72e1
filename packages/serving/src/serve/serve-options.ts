import { failure, shape } from '@tidegate/formats';
import { countOf, parseOptions } from '../arguments.ts';

export interface ServeOptions {
  readonly release: string;
  /** Null: connections come from a supervisor. */
  readonly address: { readonly port: number; readonly host: string } | null;
  readonly online: string | null;
  readonly python: string | null;
  /** Threads or processes with a copy of the model each. */
  readonly workers: number;
  /** Bytes of one body. */
  readonly bodyLimit: number;
  /** Rows of one request. */
  readonly rowLimit: number;
  /** Requests that may wait for the model. */
  readonly queueLimit: number;
  /** Public keys in PEM, or a file of them, by one of which the release must be signed; null = its signature is not looked at. */
  readonly trustedKeys: string | null;
  /** The prediction log; null = nothing is logged. */
  readonly log: LogOptions | null;
}

export interface LogOptions {
  readonly folder: string;
  /** Percent of the entity keys. */
  readonly sample: number;
  /** Fields that are written as keyed hashes only. */
  readonly personal: readonly string[];
  /** Bytes of Parquet files that are kept. */
  readonly keepBytes: number;
}

const logNames = ['log', 'log-sample', 'log-personal', 'log-keep'] as const;

const names = {
  command: 'serve',
  required: ['release'],
  optional: [
    'port',
    'host',
    'listen',
    'online',
    'python',
    'workers',
    'body-limit',
    'row-limit',
    'queue-limit',
    'trusted-keys',
    ...logNames,
  ],
} as const;

/**
 * What is not among the arguments comes from variables, as images have it: `TIDEGATE_SERVE_BODY_LIMIT` is `--body-limit`.
 *
 * @throws TG-SERVING-ARGUMENTS
 */
export function readServeOptions(argv: readonly string[], variables: { readonly [name: string]: string | undefined } = {}): ServeOptions {
  const given = parseOptions([...argumentsOf(variables, argv.includes('--listen')), ...argv], names);
  const count = (name: 'workers' | 'body-limit' | 'row-limit' | 'queue-limit', byDefault: number): number =>
    countOf(name, given[name] ?? String(byDefault), 1);
  return {
    release: given.release,
    address: addressOf(given),
    online: given.online ?? null,
    python: given.python ?? null,
    trustedKeys: given['trusted-keys'] ?? null,
    workers: count('workers', 1),
    bodyLimit: count('body-limit', 10_485_760),
    rowLimit: count('row-limit', 10_000),
    queueLimit: count('queue-limit', 256),
    log: logOf(given),
  };
}

/** An address is none of a server that has its connections from a supervisor. */
function argumentsOf(variables: { readonly [name: string]: string | undefined }, isSupervised: boolean): readonly string[] {
  const all: readonly string[] = [...names.required, ...names.optional];
  return all.flatMap((name) => {
    const value = variables[`TIDEGATE_SERVE_${name.replaceAll('-', '_').toUpperCase()}`];
    const isLeftOut = value === undefined || value === '' || (isSupervised && ['port', 'host'].includes(name));
    return isLeftOut ? [] : [`--${name}`, value];
  });
}

function logOf(given: { readonly [name in (typeof logNames)[number]]?: string }): LogOptions | null {
  if (given.log === undefined) return null;
  const sample = Number(given['log-sample'] ?? 100);
  if (!(sample >= 0 && sample <= 100)) {
    const message = `Cannot start "serve": "--log-sample" must be a percentage from 0 to 100: found "${given['log-sample']}"`;
    throw failure('TG-SERVING-ARGUMENTS', message, 'Give "--log-sample 10" for a tenth of the entities');
  }
  const personal = namesOf(given['log-personal'] ?? '[]');
  return { folder: given.log, sample, personal, keepBytes: countOf('log-keep', given['log-keep'] ?? String(1 << 30), 0) };
}

function addressOf({
  port,
  host = '127.0.0.1',
  listen,
}: {
  readonly port?: string;
  readonly host?: string;
  readonly listen?: string;
}): ServeOptions['address'] {
  if (listen === 'ipc' && port === undefined) return null;
  if (listen === undefined && port !== undefined) return { port: countOf('port', port, 0), host };
  throw failure('TG-SERVING-ARGUMENTS', 'Cannot start "serve": it needs either "--port N" or "--listen ipc"', 'Give "--port 8080"');
}

function namesOf(list: string): readonly string[] {
  const found = shape.parse(shape.list(shape.text()), jsonOf(list));
  if (found.ok) return found.value;
  const message = `Cannot start "serve": "--log-personal" must be a JSON list of names: found "${list}"`;
  throw failure('TG-SERVING-ARGUMENTS', message, `Give "--log-personal '[\\"name\\"]'"`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
