import type { Command, OptionSpec } from '../../packages/cli/src/command.ts';
import { registry } from '../../packages/cli/src/registry.ts';
import { formsOf } from '../../packages/cli/src/usage.ts';

/** Where the page lies, relative to the repository. */
export const commandsPagePath = 'docs/reference/commands.md';

const head = `# Commands

Called in the folder of a project or below it; \`init\` makes one, and \`doctor\` and \`serve --release\` need none. This page is written
by \`node tools/docs/main.ts\` from what \`--help\` prints.

| option of every command | meaning |
|---|---|
| \`--json\` | one JSON document on stdout; words for people go to stderr |
| \`--help\`, \`-h\` | usage, options and examples |

\`tidegate --version\` prints the version. What follows \`--\` belongs to another program. An argument or an option that a command does not
take is a mistake. [Exit codes](exit-codes.md) are the same for all.

| variable | meaning | default |
|---|---|---|
| \`TIDEGATE_HOME\` | folder of the store, the state, virtual environments and deployments | \`tidegate\` in \`XDG_DATA_HOME\`, or in \`~/.local/share\` |
| \`TIDEGATE_VIRTUAL_ENVIRONMENTS\` | folder of the virtual environments, which several homes may share | \`virtual-environments\` in the home |
| \`TIDEGATE_SECRET_NAME\` | value of the secret \`NAME\` ([how to use secrets](../how-to/use-secrets.md)) | |
| \`TIDEGATE_SECRETS_FILE\` | file with \`NAME=value\` lines, readable by its owner only | |
| \`TIDEGATE_SECRETS_COMMAND\` | command that prints the value of the secret whose name it is given | |
| \`TIDEGATE_SECRET_KEY\` | key of the hashes that stand for secrets in keys of steps | \`secret.key\` in the home, made at first need |
| \`TIDEGATE_REMOTE\` | where the remote is, as \`--remote\` has it; comes before \`remote\` in tidegate.yaml | |
| \`TIDEGATE_REMOTE_TOKEN\` | token for a server that \`--remote\` or \`TIDEGATE_REMOTE\` names | |
| \`TIDEGATE_ZONE\` | zone of the runs, one that is trusted no more than that of the branch | that of the branch |
| \`TIDEGATE_SANDBOX\` | \`off\`: commands of steps and tests run without a [sandbox](../explanation/sandbox.md) | on, where one works |
| \`NO_COLOR\` | when it is not empty, no colours | |
`;

/** docs/reference/commands.md, from the registry of the command line. */
export async function commandsPage(): Promise<string> {
  const commands = await Promise.all(registry.map(async (entry) => (await entry.load()).command));
  return [head, ...commands.map(sectionOf)].join('\n');
}

function sectionOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => `| ${optionText(name, option)} | ${cell(option.help)} |`);
  const examples = command.examples.map(({ line, does }) => `| \`${cell(line)}\` | ${cell(does)} |`);
  return [
    `## ${command.name}`,
    '',
    `${command.summary}.`,
    '',
    '```text',
    ...formsOf(command.usage).map(({ text }, index) => `${index === 0 ? 'Usage:' : '      '} tidegate ${command.name} ${text}`.trimEnd()),
    '```',
    '',
    ...(options.length === 0 ? [] : ['| option | meaning |', '|---|---|', ...options, '']),
    '| example | what it does |',
    '|---|---|',
    ...examples,
    '',
  ].join('\n');
}

function optionText(name: string, { short, value, multiple }: OptionSpec): string {
  const argument = value === undefined ? '' : ` ${value}`;
  const names = [`\`--${name}${argument}\``, ...(short === undefined ? [] : [`\`-${short}${argument}\``])];
  return `${names.join(', ')}${multiple === true ? ' (several times)' : ''}`;
}

/** A text that may stand in a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
