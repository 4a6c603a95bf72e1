import type { SecretHash } from '@tidegate/formats';

/** Variable → value of the secret it holds. In memory only: never recorded, logged or passed as an argument. */
export type SecretValues = { readonly [variable: string]: string };

/** Where secrets come from, a port: the pipeline asks by name and keeps no value longer than the step runs. */
export interface Secrets {
  /**
   * The value of a secret, or null when no source has one. A name is asked for once in a run, however many steps need it.
   *
   * @throws TG-SECRETS-… when a source cannot be asked
   */
  readonly value: (name: string) => Promise<string | null>;
  /** What enters a key for a variable that holds this value; nobody without the key of the home can try values out against it. @throws TG-SECRETS-KEY */
  readonly hash: (variable: string, value: string) => Promise<SecretHash>;
}
