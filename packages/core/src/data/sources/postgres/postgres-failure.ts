import { failure, TidegateError } from '@tidegate/formats';
import { brokenOff, codeOf, connectionFault, isBroken, type Told } from '../connection-fault.ts';

/** What the driver or the server says, in a user's words and without the address. Anything of ours is passed on. */
export function postgresFailure(error: unknown, title: string): unknown {
  if (!(error instanceof Error) || error instanceof TidegateError || error.name === 'AbortError') return error;
  const told = connectionFault(error) ?? ofServer(error, title);
  return told === null ? error : failure(told.code, `Cannot read ${title}: ${told.found}`, told.hint, error);
}

/** Whether it passes by itself: a server that restarts or has no room, a connection that broke. */
export function isTransient(error: unknown): boolean {
  const cause = error instanceof TidegateError ? error.cause : error;
  if (!(cause instanceof Error)) return false;
  const code = codeOf(cause);
  return /^(57P0[123]|53300|40001|40P01|08...|ECONNRESET|EPIPE|EAI_AGAIN)$/.test(code) || isBroken(cause);
}

/** By SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html */
function ofServer(error: Error, title: string): Told | null {
  const code = codeOf(error);
  const denied = (found: string, hint: string): Told => ({ code: 'TG-SOURCE-DENIED', found, hint });
  if (code === '28P01')
    return denied('the password is wrong, or there is no such user', 'Correct user and password in the secret with the address');
  if (code === '28000' && /client certificate|certificate authentication/.test(error.message))
    return {
      code: 'TG-SOURCE-TLS',
      found: 'the server asks for a certificate of this user',
      hint: 'Name one that is for this user, and its key, in the address: sslcert=FILE and sslkey=FILE',
    };
  if (code === '28000' && error.message.includes('no encryption'))
    return {
      code: 'TG-SOURCE-TLS',
      found: 'the server lets this user not in from here without TLS',
      hint: 'Ask for TLS in the address (sslmode=verify-full); where that does not help, add a line for user, database and host to pg_hba.conf',
    };
  if (code === '28000')
    return denied(
      'the server lets this user not in from here',
      'Add a line for user, database and host to pg_hba.conf, with TLS where it asks for it',
    );
  if (/client password must be a string/.test(error.message))
    return denied('the server asks for a password, and the address has none', 'Put the address with its password into the secret');
  const schema = /^permission denied for schema (.*)$/.exec(error.message)?.[1];
  if (code === '42501' && schema !== undefined) return denied(error.message, `Ask the owner for: GRANT USAGE ON SCHEMA ${schema} TO USER`);
  if (code === '42501')
    return denied(`${error.message}`, `Ask the owner for: GRANT SELECT ON ${title.replace(/^.*"(.*)".*$/, '$1')} TO USER`);
  if (code === '3D000')
    return { code: 'TG-SOURCE-NOT-FOUND', found: 'the server has no database of that name', hint: 'Correct the database in the address' };
  if (/^(42P01|42703|3F000)$/.test(code))
    return { code: 'TG-SOURCE-NOT-FOUND', found: error.message, hint: 'Correct the name in tidegate.yaml' };
  if (code === '53300')
    return {
      ...brokenOff(error.message),
      hint: 'Wait until others have ended, or ask the owner for more: ALTER USER … CONNECTION LIMIT …',
    };
  if (code === '55006') return { code: 'TG-SOURCE-SLOT', found: error.message, hint: 'Wait until whoever reads from it has ended' };
  if (code === '57014') return brokenOff('a statement took longer than "statement_timeout" allows, or somebody cancelled it');
  if (code === '55P03') return brokenOff('somebody holds a lock on it');
  if (/^57P|^53|^08|^40|^XX/.test(code)) return brokenOff(error.message);
  if (code.startsWith('22'))
    return { code: 'TG-SOURCE-VALUE', found: error.message, hint: 'Correct the query, so that it gives values that can be told' };
  if (/^(42|25|0A)/.test(code))
    return { code: 'TG-SOURCE-QUERY', found: error.message, hint: 'Correct the query or "where" in tidegate.yaml' };
  return null;
}
