import { failure } from '@tidegate/formats';
import type { AddressConfig } from '../../config/index.ts';

/** What a source is opened with. */
export interface SourceParts {
  /** The project's folder: what paths are relative to. */
  readonly root: string;
  /** The value of a secret; null when there is none. */
  readonly secret: (name: string) => Promise<string | null>;
}

/** The address itself. @throws TG-SECRETS-MISSING */
export async function addressOf(url: AddressConfig, { secret }: SourceParts): Promise<string> {
  if (typeof url === 'string') return url;
  const value = await secret(url.secret);
  if (value !== null) return value;
  throw failure(
    'TG-SECRETS-MISSING',
    `Cannot read the source: the secret "${url.secret}" has no value`,
    `Set TIDEGATE_SECRET_${url.secret} in the environment`,
  );
}
