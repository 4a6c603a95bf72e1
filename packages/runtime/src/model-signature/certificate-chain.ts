import { type KeyObject, X509Certificate } from 'node:crypto';

/** Extended use "code signing" (RFC 5280, 4.2.1.12). */
const codeSigning = '1.3.6.1.5.5.7.3.3';
const longestChain = 10;

/**
 * Follows a certificate to one that is trusted.
 *
 * @param chain DER, the signer's certificate first; what a bundle brings along
 * @param trusted certificates that somebody has said to trust, PEM, one or several in a text
 * @param now by which all of them must be valid
 * @returns the signer's key, or why it is not to be trusted
 */
export function trustedKey(chain: readonly Uint8Array[], trusted: readonly string[], now: Date): KeyObject | string {
  let given: readonly X509Certificate[];
  let roots: readonly X509Certificate[];
  try {
    given = chain.map((der) => new X509Certificate(der));
    roots = trusted.flatMap((text) => certificatesIn(text)).map((pem) => new X509Certificate(pem));
  } catch {
    return 'a certificate cannot be read';
  }
  const [signer] = given;
  if (signer === undefined) return 'it has no certificate';
  if (!maySign(signer)) return 'its certificate is not made for signing';
  let current = signer;
  for (let length = 0; length < longestChain; length++) {
    if (!isValid(current, now)) return `the certificate of "${nameOf(current)}" is not valid at ${now.toISOString()}`;
    if (roots.some((root) => root.fingerprint256 === current.fingerprint256)) return signer.publicKey;
    const issuer = [...roots, ...given].find((one) => one !== current && isIssuedBy(current, one));
    if (issuer === undefined) return `nobody who is trusted vouches for the certificate of "${nameOf(current)}"`;
    current = issuer;
  }
  return 'its certificates lead to no end';
}

/** Every certificate of a PEM file. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValid(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate;
}

/** Node gives extended uses under `keyUsage`; the use "digital signature" it tells in the text of the certificate only. */
function maySign(certificate: X509Certificate): boolean {
  const extended: readonly string[] | undefined = certificate.keyUsage;
  return extended?.includes(codeSigning) === true || hasDigitalSignature(certificate.raw);
}

/** The key usage extension (2.5.29.15) as DER: OID, a boolean where it is critical, and a bit string whose first bit is "digital signature". */
function hasDigitalSignature(der: Uint8Array): boolean {
  const oid = Buffer.of(0x06, 0x03, 0x55, 0x1d, 0x0f);
  const at = Buffer.from(der).indexOf(oid);
  if (at < 0) return false;
  const rest = Buffer.from(der).subarray(at + oid.length, at + oid.length + 12);
  const value = rest[0] === 0x01 ? rest.subarray(3) : rest;
  return value[0] === 0x04 && value[2] === 0x03 && ((value[5] ?? 0) & 0x80) !== 0;
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll('\n', ', ');
}
