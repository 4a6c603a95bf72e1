import { resolve } from 'node:path';
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
  signature: { type: 'string', value: 'FILE', help: 'The signature (default: model.sig in the folder, FILE.sig beside a file)' },
};

/** What {@link trustOptions} say, as absolute paths. @throws TG-CLI-USAGE for a key and certificates at once */
export function trustIn({ text, cwd }: Pick<Invocation, 'text' | 'cwd'>): {
  readonly key: string | null;
  readonly certificate: string | null;
  readonly signature: string | null;
} {
  const path = (option: string): string | null => {
    const given = text(option);
    return given === undefined ? null : resolve(cwd, given);
  };
  const found = { key: path('key'), certificate: path('certificate'), signature: path('signature') };
  if (found.key === null || found.certificate === null) return found;
  throw failure('TG-CLI-USAGE', 'Cannot verify by a key and by certificates at once', 'Give "--key" or "--certificate"');
}
