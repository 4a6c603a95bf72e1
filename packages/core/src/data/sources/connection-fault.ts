import type { ErrorCode } from '@tidegate/formats';

export interface Told {
  readonly code: ErrorCode;
  readonly found: string;
  readonly hint: string;
}

/** What is wrong with the way to a server, without its address; null for whatever the server itself has said. */
export function connectionFault(error: Error): Told | null {
  const code = codeOf(error);
  const reach = (found: string, hint: string): Told => ({ code: 'TG-SOURCE-UNREACHABLE', found, hint });
  const call = 'syscall' in error ? error.syscall : null;
  if ((code === 'ENOENT' || code === 'EACCES') && call === 'open')
    return {
      code: 'TG-SOURCE-ADDRESS',
      found: `a file that its address names for TLS ${code === 'ENOENT' ? 'is not there' : 'may not be read'}`,
      hint: 'Correct the path of the certificate or the key in the address',
    };
  if (/^ERR_OSSL_|PASSPHRASE/.test(code))
    return {
      code: 'TG-SOURCE-ADDRESS',
      found: /KEY_VALUES_MISMATCH/.test(code)
        ? 'the key that its address names for TLS is not that of the certificate'
        : 'a file that its address names for TLS is no certificate or key in PEM, or a key with a password',
      hint: 'Name files in PEM, the key without a password',
    };
  if (code === 'ECONNREFUSED' || (code === 'ENOENT' && call !== null))
    return reach('nobody listens at its address', 'Start the server, or correct host and port in the address');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return reach('the name of its host is not known', 'Correct the host in the address, or look at the name server of this machine');
  if (/^E(HOSTUNREACH|NETUNREACH|TIMEDOUT)$/.test(code) || /timeout expired|timeout exceeded/.test(error.message))
    return reach('its host does not answer in time', 'Look whether a firewall is between, or raise "connect_timeout"');
  if (/does not support (SSL|secure connection)/.test(error.message))
    return {
      code: 'TG-SOURCE-TLS',
      found: 'the server does not speak TLS',
      hint: 'Switch it on at the server, or do not ask for it in the address',
    };
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL/.test(code)) return tlsFault(`${code} ${error.message}`);
  if (code === 'ECONNRESET' || code === 'EPIPE' || isBroken(error)) return brokenOff('the connection broke');
  if (code === 'ERR_INVALID_URL')
    return {
      code: 'TG-SOURCE-ADDRESS',
      found: 'its address is none',
      hint: 'Write KIND://USER:PASSWORD@HOST:PORT/DATABASE, and %40 for an @ in the password',
    };
  return null;
}

/** @param said code and message of what TLS says, where one of them may be another's */
export function tlsFault(said: string): Told {
  const told = (found: string, hint: string): Told => ({ code: 'TG-SOURCE-TLS', found, hint });
  if (/\balert\b|_ALERT_/i.test(said))
    return told(
      'the server refuses our certificate, or asks for one and the address names none',
      'Name a certificate that it trusts, and its key, in the address: sslcert=FILE and sslkey=FILE, for MySQL ssl-cert=FILE and ssl-key=FILE',
    );
  if (/EXPIRED|has expired/.test(said))
    return told('the certificate of the server has expired', 'Have the server get a new one; look at the clock of this machine as well');
  if (/NOT_YET_VALID|not yet valid/.test(said))
    return told('the certificate of the server is not good yet', 'Look at the clock of this machine, and at that of who signed it');
  if (/ALTNAME|altnames/.test(said))
    return told(
      'the certificate of the server is for another host',
      'Write the host in the address as the certificate has it, or have the server get one for this host',
    );
  return told(
    'who signed the certificate of the server is not known',
    'Name the certificate of who signed it in the address (sslrootcert=FILE, for MySQL ssl-ca=FILE), or have the server get another',
  );
}

export function brokenOff(found: string): Told {
  return { code: 'TG-SOURCE-BROKEN', found, hint: 'Run the command again; the log of the server says why when it happens again' };
}

/** Whether a connection ended that had been there. */
export function isBroken(error: Error): boolean {
  const { message } = error;
  return (
    /^(ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST)$/.test(codeOf(error)) ||
    /Connection terminated|Client has encountered a connection error|not queryable|Connection ended|closed state/.test(message)
  );
}

/** The driver's or the server's own code; empty for none. */
export function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
