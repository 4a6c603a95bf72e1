import type { SecretHash } from '@tidegate/formats';
import type { Platform } from '../platform/index.ts';
import type { Home } from '../store/index.ts';
import { hashKey, hashOfSecret } from './hash-key.ts';
import { secretsFromCommand } from './secrets-command.ts';
import { secretsFromFile } from './secrets-file.ts';
import { secretsFromPlaces } from './secrets-places.ts';

/** Secrets of one project for as long as a run takes; each is asked for once. */
export interface OpenSecrets {
  readonly value: (name: string) => Promise<string | null>;
  readonly hash: (variable: string, value: string) => Promise<SecretHash>;
}

export interface SecretsPlace {
  readonly home: Home;
  readonly platform: Platform;
  /** The project's folder: where the command for secrets runs, and what the path of a file is relative to. */
  readonly root: string;
}

/**
 * Looks for a secret, in this order: the variable `TIDEGATE_SECRET_NAME`; the file or the command that the user's own `secrets.yaml` names for it; the file that `TIDEGATE_SECRETS_FILE` names; the command that
 * `TIDEGATE_SECRETS_COMMAND` names; the variable `NAME` itself. An empty value is none, as that of a CI that withholds secrets.
 */
export function openSecrets({ home, platform, root }: SecretsPlace): OpenSecrets {
  const { variables } = platform;
  const fromFile = secretsFromFile(variables['TIDEGATE_SECRETS_FILE'], root);
  const fromCommand = secretsFromCommand(variables['TIDEGATE_SECRETS_COMMAND'], { variables, root });
  const fromPlaces = secretsFromPlaces({ variables, root });
  const known = new Map<string, Promise<string | null>>();
  const find = async (name: string): Promise<string | null> =>
    variables[`TIDEGATE_SECRET_${name}`] ||
    (await fromPlaces(name)) ||
    (await fromFile(name)) ||
    (await fromCommand(name)) ||
    variables[name] ||
    null;
  let key: Promise<string> | null = null;
  return {
    value: (name) => {
      const value = known.get(name) ?? find(name);
      known.set(name, value);
      return value;
    },
    hash: async (variable, value) => {
      key ??= hashKey(home, platform);
      return hashOfSecret(await key, variable, value);
    },
  };
}
