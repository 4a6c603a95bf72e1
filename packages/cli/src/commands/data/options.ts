import type { OptionSpec } from '../../command.ts';

/** `--dry-run`, for every verb that writes. */
export const dryRunOption: OptionSpec = { type: 'boolean', help: 'Only say what would be done' };

/** `--version`, for verbs that look into a version. */
export const versionOption: OptionSpec = {
  type: 'string',
  value: 'VERSION',
  help: 'Digest or its first digits, or a commit, branch or tag whose tidegate.lock pins it (default: the pinned version)',
};
