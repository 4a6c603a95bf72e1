/** What kept an answer from coming, and what to do about it. */
export interface NetworkFault {
  readonly found: string;
  readonly hint: string;
  /** Whether TLS is what is wrong, and not the way there. */
  readonly isTls: boolean;
}

const trust = 'Name the certificate of its authority: export NODE_EXTRA_CA_CERTS=/path/to/authority.pem';

const causes: { readonly [code: string]: (place: string) => Omit<NetworkFault, 'isTls'> } = {
  ECONNREFUSED: (place) => ({ found: `nothing listens at ${place}`, hint: 'Start the server, or correct its address and port' }),
  ENOTFOUND: (place) => ({ found: `no name server knows ${place}`, hint: 'Correct the name of the host, or connect to its network' }),
  EAI_AGAIN: () => ({ found: 'the name server does not answer', hint: 'Look whether the machine has a network' }),
  ENETUNREACH: () => ({ found: 'no network leads there', hint: 'Look whether the machine has a network' }),
  EHOSTUNREACH: () => ({ found: 'no route leads there', hint: 'Look at the network, and at a firewall on the way' }),
  ETIMEDOUT: () => ({ found: 'no answer came in time', hint: 'Look at the network, and at a firewall on the way' }),
  ECONNRESET: () => ({ found: 'the connection was cut', hint: 'Try again; look at a proxy or a firewall on the way' }),
  EPIPE: () => ({ found: 'the connection was cut', hint: 'Try again; look at a proxy or a firewall on the way' }),
  EPROTO: (place) => ({ found: `${place} does not speak TLS`, hint: 'Write http:// in its address, or let it serve TLS' }),
  CERT_HAS_EXPIRED: () => ({ found: 'its certificate has expired', hint: 'Let whoever runs it renew the certificate' }),
  CERT_NOT_YET_VALID: () => ({ found: 'its certificate is not valid yet', hint: 'Look at the clock of this machine: timedatectl' }),
  ERR_TLS_CERT_ALTNAME_INVALID: (place) => ({
    found: `its certificate is for another host than ${place}`,
    hint: 'Name the host that the certificate is for, or let it be made for this one',
  }),
  DEPTH_ZERO_SELF_SIGNED_CERT: () => ({ found: 'its certificate is signed by itself', hint: trust }),
  SELF_SIGNED_CERT_IN_CHAIN: () => ({ found: 'its certificate is of an authority that this machine does not know', hint: trust }),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => ({ found: 'its certificate is of an authority that this machine does not know', hint: trust }),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => ({
    found: 'its certificate is of an authority that this machine does not know',
    hint: trust,
  }),
};

const passing = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNREFUSED']);

const sameCause: { readonly [name: string]: string } = {
  TimeoutError: 'ETIMEDOUT',
  RequestTimeout: 'ETIMEDOUT',
  ECONNABORTED: 'ECONNRESET',
  UND_ERR_SOCKET: 'ECONNRESET',
  ERR_STREAM_PREMATURE_CLOSE: 'ECONNRESET',
};

/** What an error of a connection means; null for one that is of something else. @param place where it was to lead, without a secret */
export function networkFault(error: unknown, place: string): NetworkFault | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    // what Node says of an answer that was cut short is "aborted", without a code
    const name = at.message === 'aborted' ? 'ECONNRESET' : (code ?? at.name);
    const known = sameCause[name] ?? name;
    const cause = causes[known];
    if (cause !== undefined) return { ...cause(place), isTls: /EPROTO|CERT|VERIFY/.test(known) };
    if (at instanceof AggregateError) return networkFault(at.errors[0], place);
  }
  return null;
}

/** Whether what went wrong may pass: a connection that was cut or not made in time, not one that is refused for what it is. */
export function isPassing(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const code = (at as NodeJS.ErrnoException).code ?? at.name;
    if (passing.has(sameCause[code] ?? code) || at.message === 'aborted') return true;
  }
  return false;
}
