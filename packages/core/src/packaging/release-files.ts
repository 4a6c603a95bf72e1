import { canonicalJson, type FeatureServiceSpec, type ModelVersion } from '@tidegate/formats';
import type { ReleaseSettings } from './release-nodes.ts';

/** The manifest of a release in its folder. */
export const manifestName = 'release.json';
/** The signature over all files of the folder but itself. */
export const signatureName = 'model.sig';

export interface ReleaseFile {
  readonly path: string;
  readonly content: string;
  readonly executable: boolean;
}

export interface ReleaseFilesRequest {
  readonly settings: ReleaseSettings;
  readonly model: ModelVersion;
  readonly features: FeatureServiceSpec | null;
  /** Whether it carries a reference profile. */
  readonly hasReference: boolean;
}

/** What a release folder holds besides the model and `release.json`. Reference: docs/reference/release.md. */
export function releaseFiles({ settings, model, features, hasReference }: ReleaseFilesRequest): readonly ReleaseFile[] {
  const file = (path: string, content: string, executable = false): ReleaseFile => ({ path, content, executable });
  return [
    file('signature.json', canonicalJson(model.signature)),
    ...(features === null ? [] : [file('features.json', canonicalJson(features))]),
    file('start', startScript, true),
    file('README.md', readMe({ settings, model, features, hasReference })),
  ];
}

/** `TIDEGATE` may hold a command of several words, so it is not quoted. */
const startScript = `#!/bin/sh
# Serves this release. Options go to "tidegate serve": ./start --port 8080
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec \${TIDEGATE:-tidegate} serve --release "$here" "$@"
`;

function readMe({ settings, model, features, hasReference }: ReleaseFilesRequest): string {
  const { project, service, python } = settings;
  const options = [
    '--port 8080',
    ...(features === null ? [] : ['--online ONLINE.sqlite']),
    ...(python === null ? [] : ['--python PYTHON']),
  ];
  const notes = [
    ...(features === null ? [] : ['`ONLINE.sqlite` is the online store with the features it looks up (`tidegate features --help`).']),
    ...(python === null
      ? []
      : [
          `\`PYTHON\` is an interpreter ${python.requirements === null ? 'that has the packages of the model' : 'with the packages of `requirements.txt`'}.`,
        ]),
  ];
  return `# ${service}

A release of the project "${project}": the model "${settings.model}" (\`model/${model.file}\`, ${model.flavor}), ready to answer.

\`\`\`
./start ${options.join(' ')}
\`\`\`

It needs the \`tidegate\` command on the PATH, or its path in the variable \`TIDEGATE\`.${notes.map((note) => ` ${note}`).join('')}

| file | what it is |
|---|---|
| \`release.json\` | the manifest; the SHA-256 of this file is the name of the release |
| \`model/\` | the model |
| \`signature.json\` | what the model takes and gives |
${features === null ? '' : '| `features.json` | the features that are looked up, and what a caller sends |\n'}${python?.requirements == null ? '' : '| `requirements.txt` | the locked packages the model needs |\n'}${hasReference ? '| `reference.json` | how the inputs were distributed in what the model was trained on |\n' : ''}| \`start\` | serves this folder |

\`\`\`
curl http://127.0.0.1:8080/v2/health/ready
curl http://127.0.0.1:8080/v2/models/${settings.model}
\`\`\`
`;
}
