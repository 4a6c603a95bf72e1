import { failure, TidegateError } from '@tidegate/formats';
import { brokenOff, codeOf, connectionFault, isBroken, tlsFault, type Told } from '../connection-fault.ts';

/** What the driver or the server says, in a user's words and without the address. Anything of ours is passed on. */
export function mysqlFailure(error: unknown, title: string): unknown {
  if (!(error instanceof Error) || error instanceof TidegateError || error.name === 'AbortError') return error;
  const told = isBroken(error) ? brokenOff('the connection broke') : (ofHandshake(error) ?? connectionFault(error) ?? ofServer(error));
  return told === null ? error : failure(told.code, `Cannot read ${title}: ${told.found}`, told.hint, error);
}

/** The driver puts a code of its own in the place of that of TLS. */
function ofHandshake(error: Error): Told | null {
  if (codeOf(error) !== 'HANDSHAKE_SSL_ERROR') return null;
  return /ECONNRESET|EPIPE|socket disconnected/.test(error.message) ? brokenOff('the connection broke') : tlsFault(error.message);
}

const transient = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_LOCK_DEADLOCK',
  'ER_CONNECTION_KILLED',
  'EAI_AGAIN',
]);

/** Whether it passes by itself: a server that restarts or has no room, a connection that broke. */
export function isTransient(error: unknown): boolean {
  const cause = error instanceof TidegateError ? error.cause : error;
  return cause instanceof Error && (transient.has(codeOf(cause)) || numberOf(cause) === 1927 || isBroken(cause));
}

/** The server's own number of an error; 0 for none. */
export function numberOf(error: Error): number {
  return 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
}

/** By number: https://mariadb.com/kb/en/mariadb-error-code-reference/ */
function ofServer(error: Error): Told | null {
  const message = 'sqlMessage' in error && typeof error.sqlMessage === 'string' ? error.sqlMessage : error.message;
  switch (numberOf(error)) {
    case 1045:
    case 1698:
      return {
        code: 'TG-SOURCE-DENIED',
        found: 'the password is wrong, there is no such user, or it may come by TLS or with a certificate only',
        hint: 'Correct user and password in the secret with the address; add "ssl-mode=VERIFY_IDENTITY" where the server asks for TLS, "ssl-cert" and "ssl-key" where it asks for a certificate',
      };
    case 3159:
      return { code: 'TG-SOURCE-TLS', found: 'the server asks for TLS', hint: 'Ask for it in the address: ssl-mode=VERIFY_IDENTITY' };
    case 1820:
    case 1862:
    case 3118:
    case 4151:
      return {
        code: 'TG-SOURCE-DENIED',
        found: 'the account is locked, or its password has expired',
        hint: 'Ask the owner for: ALTER USER … ACCOUNT UNLOCK, or for a new password',
      };
    case 1130:
      return {
        code: 'TG-SOURCE-DENIED',
        found: 'the server lets nobody in from here',
        hint: 'Ask its owner for a user that may come from this machine',
      };
    case 1044:
    case 1142:
    case 1143:
      return {
        code: 'TG-SOURCE-DENIED',
        found: 'the user may not read it',
        hint: 'Ask the owner for: GRANT SELECT ON DATABASE.TABLE TO USER',
      };
    case 1049:
      return { code: 'TG-SOURCE-NOT-FOUND', found: 'the server has no database of that name', hint: 'Correct the database in the address' };
    case 1054:
    case 1146:
      return { code: 'TG-SOURCE-NOT-FOUND', found: message, hint: 'Correct the name in tidegate.yaml' };
    case 1969:
    case 3024:
    case 1317:
      return brokenOff('a statement took longer than "statement_timeout" allows, or somebody killed it');
    case 1205:
      return brokenOff('somebody holds a lock on it');
    case 1040:
    case 1053:
    case 1203:
    case 1213:
    case 1927:
      return brokenOff(message);
    default:
      return numberOf(error) > 0
        ? { code: 'TG-SOURCE-QUERY', found: message, hint: 'Correct the query or "where" in tidegate.yaml' }
        : null;
  }
}
