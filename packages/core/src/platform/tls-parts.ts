import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';

/** Certificates and a key as PEM. */
export interface PemParts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** @throws what OpenSSL says (`ERR_OSSL_…`) of what is no PEM, or of a key that is not that of the certificate */
export function refuseUnfitPem(parts: PemParts): void {
  // Node takes a file without a certificate for an authority that has signed nothing
  if (parts.ca?.includes('-----BEGIN ') === false)
    throw Object.assign(new Error('there is no certificate in the file'), { code: 'ERR_OSSL_PEM_NO_START_LINE' });
  createSecureContext(parts);
}

/** Whether a host is named by its number, of IPv4 or IPv6. */
export function isAddressNumber(host: string): boolean {
  return isIP(host) !== 0;
}
