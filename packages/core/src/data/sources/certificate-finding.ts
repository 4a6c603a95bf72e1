import type { SourceFinding } from './source.ts';

/** What is asked of a socket: that of `node:tls`, or one without TLS. */
interface MaybeEncrypted {
  readonly encrypted?: boolean;
  readonly authorized?: boolean;
  readonly getProtocol?: () => string | null;
  readonly getPeerCertificate?: () => { readonly valid_to?: string };
}

const dayMs = 86_400_000;
/** Days before its end from which on a certificate is told as running out. */
const soonDays = 14;

/** Whether a connection is encrypted, and how long the certificate of the server is good for. */
export function certificateFinding(stream: object, host: string): Omit<SourceFinding, 'about'> {
  const socket = stream as MaybeEncrypted;
  if (socket.encrypted !== true) {
    if (isThisMachine(host))
      return { verdict: 'pass', message: 'It is on this machine, and not encrypted', hint: null, measured: { encrypted: false } };
    const message = 'What goes over the network is not encrypted';
    return { verdict: 'fail', message, hint: 'Ask for TLS in the address: sslmode=verify-full', measured: { encrypted: false } };
  }
  const protocol = socket.getProtocol?.() ?? 'TLS';
  const until = Date.parse(socket.getPeerCertificate?.().valid_to ?? '');
  const days = Number.isNaN(until) ? null : Math.floor((until - Date.now()) / dayMs);
  const measured = { encrypted: true, protocol, authorized: socket.authorized === true, expiresInDays: days };
  const checked = socket.authorized === true ? 'its certificate is checked' : 'its certificate is not checked';
  if (days !== null && days < soonDays)
    return {
      verdict: 'fail',
      message: `The certificate of the server ${days < 0 ? 'has expired' : `ends in ${days} days`}`,
      hint: 'Have the server get a new one',
      measured,
    };
  return {
    verdict: 'pass',
    message: `${protocol}; ${checked}${days === null ? '' : `, and is good for ${days} days`}`,
    hint: null,
    measured,
  };
}

function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
}
