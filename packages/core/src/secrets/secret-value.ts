import { failure } from '@tidegate/formats';

/** Gives the value of a secret, or what is missing. */
export type FindSecret = (name: string) => Promise<string | null>;

/** The value of a secret that something cannot do without. @param doing for a reader, after "Cannot". @throws TG-SECRETS-MISSING */
export async function requireSecret(find: FindSecret, name: string, doing: string): Promise<string> {
  const value = await find(name);
  if (value !== null) return value;
  throw failure(
    'TG-SECRETS-MISSING',
    `Cannot ${doing}: the secret "${name}" has no value`,
    `Set TIDEGATE_SECRET_${name} in the environment, or name a file or a command for it`,
  );
}
