import { resolve } from 'node:path';
import type { VerifyRequest } from '@tidegate/core';
import { failure } from '@tidegate/formats';
import type { Command, Invocation } from '../../command.ts';

/** `--signing-key`, for verbs that sign. */
export const signingKeyOption: Command['options'] = {
  'signing-key': {
    type: 'string',
    value: 'FILE',
    help: 'Sign with this private key in PEM, of a curve P-256, P-384 or P-521 (default: the key of TIDEGATE_HOME)',
  },
};

/** Whom to believe, for verbs that verify. */
export const trustOptions: Command['options'] = {
  key: { type: 'string', value: 'FILE', help: 'Public key of the signer in PEM' },
  certificate: { type: 'string', value: 'FILE', help: 'Certificates in PEM whose holders vouch for signers' },
  'trusted-root': {
    type: 'string',
    value: 'FILE',
    help: 'Trusted root of Sigstore (trusted_root.json), for a signature without a key of its own; with "--identity" and "--issuer"',
  },
  identity: {
    type: 'string',
    value: 'NAME',
    help: 'Who must have signed it, as the certificate says it: an address, the URI of a workflow',
  },
  issuer: { type: 'string', value: 'URL', help: 'Who must have vouched for the identity' },
  signature: { type: 'string', value: 'FILE', help: 'The signature (default: model.sig in the folder, FILE.sig beside a file)' },
};

/** What {@link trustOptions} say, as absolute paths. @throws TG-CLI-USAGE for several ways at once, and for a trusted root without saying who */
export function trustIn({
  text,
  cwd,
}: Pick<Invocation, 'text' | 'cwd'>): Pick<VerifyRequest, 'key' | 'certificate' | 'keyless' | 'signature'> {
  const path = (option: string): string | null => {
    const given = text(option);
    return given === undefined ? null : resolve(cwd, given);
  };
  const [root, identity, issuer] = [path('trusted-root'), text('identity'), text('issuer')];
  const isWhole = root !== null && identity !== undefined && issuer !== undefined;
  if (!isWhole && (root !== null || identity !== undefined || issuer !== undefined))
    throw failure(
      'TG-CLI-USAGE',
      'Cannot verify a signature without a key of its own without saying whose it must be',
      'Give all three: --trusted-root FILE --identity NAME --issuer URL',
    );
  const found = {
    key: path('key'),
    certificate: path('certificate'),
    keyless: isWhole ? { root, identity, issuer } : null,
    signature: path('signature'),
  };
  if ([found.key, found.certificate, found.keyless].filter((one) => one !== null).length < 2) return found;
  throw failure('TG-CLI-USAGE', 'Cannot verify by a key, by certificates and by a trusted root at once', 'Give one of them');
}

/** Who has signed, in words: a key by the beginning of its digest, somebody without one by name. */
export function signerWords(signer: string): string {
  return /^[0-9a-f]{64}$/.test(signer) ? `the key ${signer.slice(0, 16)}…` : signer;
}
