import { type Json, failure, type KeyRecord, type SecretHash, type StepName } from '@tidegate/formats';
import type { StepNode } from '../step-kind.ts';
import { maskedTexts, maskText } from './mask.ts';
import { shortestSecret, tellingForms } from './secret-forms.ts';
import type { Secrets, SecretValues } from './secrets.ts';

/** The secrets that a step declares; null when it declares none. @throws TG-SECRETS-MISSING, TG-SECRETS-TOO-SHORT, and what {@link Secrets} does */
export async function secretValues(secrets: Secrets, { name: step, secrets: declared }: StepNode): Promise<SecretValues | null> {
  if (declared === undefined) return null;
  const values: { [variable: string]: string } = {};
  for (const [variable, name] of Object.entries(declared)) values[variable] = checked(step, name, await secrets.value(name));
  return values;
}

function checked(step: StepName, name: string, value: string | null): string {
  if (value === null)
    throw failure(
      'TG-SECRETS-MISSING',
      `Cannot run "${step}": the secret "${name}" has no value`,
      `Give it one: export TIDEGATE_SECRET_${name}=… (or name a file with TIDEGATE_SECRETS_FILE, or a command with TIDEGATE_SECRETS_COMMAND)`,
    );
  if (value.trim().length < shortestSecret)
    throw failure(
      'TG-SECRETS-TOO-SHORT',
      `Cannot use the secret "${name}" in "${step}": it has fewer than ${shortestSecret} characters`,
      'Choose a longer one: so short a text occurs by chance, and masking it would make logs unreadable',
    );
  return value;
}

/** What of the secrets enters the key. */
export async function secretHashes(secrets: Secrets, values: SecretValues): Promise<{ readonly [variable: string]: SecretHash }> {
  const hashes: { [variable: string]: SecretHash } = {};
  for (const [variable, value] of Object.entries(values)) hashes[variable] = await secrets.hash(variable, value);
  return hashes;
}

/**
 * Key records are kept and shared, so no value may stand in one, as it does when somebody writes it into an argument of the command.
 *
 * @throws TG-SECRETS-EXPOSED with the place
 */
export function requireNoSecret(record: KeyRecord, values: SecretValues): void {
  for (const [variable, value] of Object.entries(values)) {
    const texts = maskedTexts(tellingForms(value));
    const place = (['settings', 'variables', 'inputs', 'outputs', 'places', 'facts', 'salt'] as const)
      .map((member) => placeOf(record[member], member, (text) => maskText(texts, text) !== text))
      .find((found) => found !== null);
    if (place !== undefined && place !== null)
      throw failure(
        'TG-SECRETS-EXPOSED',
        `Cannot run "${record.step}": the value of its secret "${variable}" stands in ${place}`,
        'Take it out of tidegate.yaml, change the secret, and let the command read the variable',
      );
  }
}

/** Path of the first text, or name of a member, for which `isIt` holds. */
function placeOf(value: Json | undefined, path: string, isIt: (text: string) => boolean): string | null {
  if (typeof value === 'string') return isIt(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    const found = isIt(name) ? `a name in ${path}` : placeOf(member, `${path}.${name}`, isIt);
    if (found !== null) return found;
  }
  return null;
}
