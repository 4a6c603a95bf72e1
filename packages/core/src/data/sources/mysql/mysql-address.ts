import { failure } from '@tidegate/formats';
import { isAddressNumber, readFile, refuseUnfitPem } from '../../../platform/index.ts';

/** Where and how to connect. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly socketPath?: string;
  readonly ssl?: Pem & { readonly rejectUnauthorized: boolean; readonly verifyIdentity: boolean };
}

const defaultPort = 3306;

/** Those of MySQL's own programs. `PREFERRED` is as `REQUIRED`: what may also go unencrypted protects from nothing. */
const modes = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'];

/**
 * Reads `mysql://USER:PASSWORD@HOST:PORT/DATABASE?ssl-mode=VERIFY_IDENTITY&ssl-ca=FILE&ssl-cert=FILE&ssl-key=FILE&socket=PATH`. Without `ssl-mode` it is DISABLED;
 * VERIFY_CA where `ssl-ca` is there, as MySQL's own programs have it, and REQUIRED where there is a certificate alone.
 *
 * @throws TG-SOURCE-ADDRESS and TG-SOURCE-TLS, without the address; what reading a file or OpenSSL throws
 */
export async function mysqlAddress(text: string): Promise<MysqlAddress> {
  if (!URL.canParse(text)) throw noAddress('it is no address');
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(text);
  if (!/^(mysql|mariadb):$/.test(protocol)) throw noAddress('it begins neither with mysql:// nor with mariadb://');
  const mode = (searchParams.get('ssl-mode') ?? modeWithout(searchParams)).toUpperCase();
  if (!modes.includes(mode)) throw noAddress(`its "ssl-mode" is none of ${modes.join(', ')}`);
  const socketPath = searchParams.get('socket');
  const host = hostname === '' ? 'localhost' : hostname.replace(/^\[(.*)\]$/, '$1');
  // the driver holds the certificate of a host without a name against "localhost"
  if (mode === 'VERIFY_IDENTITY' && isAddressNumber(host))
    throw failure(
      'TG-SOURCE-TLS',
      'Cannot connect to MySQL: "ssl-mode=VERIFY_IDENTITY" holds the certificate against the name of the host, and its address has a number',
      'Write the name that the certificate is for, or "ssl-mode=VERIFY_CA"',
    );
  const isChecked = mode.startsWith('VERIFY_');
  return {
    host,
    port: port === '' ? defaultPort : Number(port),
    user: decoded(username),
    password: decoded(password),
    database: decoded(pathname.slice(1)),
    ...(socketPath !== null && { socketPath }),
    ...(mode !== 'DISABLED' && {
      ssl: { rejectUnauthorized: isChecked, verifyIdentity: mode === 'VERIFY_IDENTITY', ...(await pemOf(searchParams)) },
    }),
  };
}

function modeWithout(searchParams: URLSearchParams): string {
  if (searchParams.has('ssl-ca')) return 'VERIFY_CA';
  return searchParams.has('ssl-cert') ? 'REQUIRED' : 'DISABLED';
}

interface Pem {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The driver reads them in the middle of a handshake, where nobody hears of what is wrong with them. */
async function pemOf(searchParams: URLSearchParams): Promise<Pem> {
  const read = async (part: keyof Pem): Promise<Pem> => {
    const path = searchParams.get(`ssl-${part}`);
    return path === null ? {} : { [part]: await readFile(path, 'utf8') };
  };
  const pem = { ...(await read('ca')), ...(await read('cert')), ...(await read('key')) };
  refuseUnfitPem(pem);
  return pem;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw noAddress('a % in it begins no sign');
  }
}

function noAddress(found: string): Error {
  return failure(
    'TG-SOURCE-ADDRESS',
    `Cannot connect to MySQL: ${found}`,
    'Write mysql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ and %25 for a % in the password',
  );
}
