import type { Json } from '@tidegate/formats';
import { stringify } from 'yaml';

/** A value as a YAML file for people to read: members in their order, long texts unbroken, no anchors; `comment` stands first. */
export function writeYaml(value: Json, comment: string): string {
  const lines = comment.split('\n').map((line) => `# ${line}\n`);
  return `${lines.join('')}\n${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
