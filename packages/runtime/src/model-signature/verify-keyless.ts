/** Whom to believe of those who sign without a key of their own: an identity, as an issuer has told it to a certificate authority of the trusted root. */
export interface KeylessTrust {
  readonly kind: 'keyless';
  /** Text of a `trusted_root.json` of Sigstore: certificate authorities, logs and time stampers. */
  readonly root: string;
  /** As the certificate has it: an e-mail address, the URI of a workflow. Compared to the letter. */
  readonly identity: string;
  /** Who vouches for the identity: the URL of an OpenID provider. */
  readonly issuer: string;
}

/** What a keyless signature that holds says of who made it. */
export interface KeylessSigner {
  readonly identity: string;
  readonly issuer: string;
}

/**
 * Verifies a Sigstore bundle that was made without a key of its own, offline: the certificate, that the certificate is in a log, that the signature is
 * in a log, and at which time it was made. By `@sigstore/verify`.
 *
 * @returns why it does not count, or who has signed
 */
export async function verifyKeyless(bundle: unknown, { root, identity, issuer }: KeylessTrust): Promise<KeylessSigner | string> {
  const { bundleFromJSON } = await import('@sigstore/bundle');
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  const { toSignedEntity, toTrustMaterial, Verifier } = await import('@sigstore/verify');
  let found: { readonly identity: string; readonly issuer: string };
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(root)));
    const signer = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1 }).verify(toSignedEntity(bundleFromJSON(bundle)));
    found = { identity: signer.identity?.subjectAlternativeName ?? '', issuer: signer.identity?.extensions?.issuer ?? '' };
  } catch (error) {
    return `the trusted root does not vouch for it: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (found.identity === identity && found.issuer === issuer) return found;
  return `it is signed by "${found.identity}" of "${found.issuer}", and "${identity}" of "${issuer}" was to`;
}
