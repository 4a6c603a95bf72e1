import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type DatasetSchema, type DatasetVersion, runId } from '@tidegate/formats';
import type { ResolvedInput, StepContext, StepNode } from '../pipeline/index.ts';
import { systemPlatform } from '../platform/index.ts';
import type { TestRoom } from './test-datasets.ts';

/** What the pipeline would hand to a kind of step: the node's inputs out of project files and dataset versions. For tests. */
export async function makeContext(
  room: TestRoom,
  node: StepNode,
  given: { readonly files: { readonly [path: string]: string }; readonly datasets: readonly DatasetVersion[] },
): Promise<StepContext> {
  const folder = mkdtempSync(join(room.folder, 'workspace-'));
  const inputs: ResolvedInput[] = [];
  for (const input of node.inputs) {
    if (input.from === 'project') {
      for (const [path, text] of Object.entries(given.files).filter(
        ([name]) => name === input.pattern || input.pattern.startsWith(`${dirname(name)}/*`),
      )) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
        const { digest, bytes } = await room.store.putBytes(text);
        inputs.push({ name: path, artifact: { kind: 'file', digest, bytes, files: 1 }, place: path, source: join(folder, path) });
      }
    } else {
      const version = given.datasets.find((candidate) => input.step === `data.${candidate.dataset}`);
      const { digest, bytes } = await room.store.putJson(input.output === 'schema' ? schemaOf(version) : version);
      inputs.push({
        name: `${input.step}/${input.output}`,
        artifact: { kind: 'file', digest, bytes, files: 1 },
        place: null,
        source: null,
      });
    }
  }
  return {
    node,
    inputs,
    store: room.store,
    platform: systemPlatform,
    run: runId('r-20261123-202553-3f9a'),
    signal: new AbortController().signal,
    emit: () => {},
    progress: () => {},
    log: () => {},
    workspace: async () => folder,
    ownProcess: () => {},
  };
}

function schemaOf(version: DatasetVersion | undefined): DatasetSchema | undefined {
  return version && { format: 'tidegate.dataset-schema/1', dataset: version.dataset, columns: version.columns };
}
