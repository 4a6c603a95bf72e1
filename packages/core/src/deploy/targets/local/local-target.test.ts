import assert from 'node:assert/strict';
import { get } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOfBytes, isRunning, systemPlatform } from '../../../platform/index.ts';
import { type TargetHarness, targetConformance } from '../../target.conformance.ts';
import type { DeploymentPlace, Target } from '../../target.ts';
import { localTarget } from './local-target.ts';
import { placeFolder } from '../../release-folder.ts';
import { readSupervisorState } from './supervisor-process.ts';
import { tinyServing } from './test-bench.ts';

async function openLocal(): Promise<TargetHarness> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-local-'));
  const deployments = join(root, 'deployments');
  const places = new Map<string, DeploymentPlace>();
  const target = (): Target => {
    const made = localTarget({ deployments, serving: { argv: [process.execPath, tinyServing] }, platform: systemPlatform });
    return { ...made, deploy: (request) => (places.set(request.place.environment, request.place), made.deploy(request)) };
  };
  const stateOf = async (place: DeploymentPlace) => {
    const state = await readSupervisorState(placeFolder(deployments, place));
    assert.ok(state);
    return state;
  };
  return {
    target,
    release: async (answer, { broken } = {}) => {
      const folder = join(root, 'releases', answer);
      const content = JSON.stringify({ answer, ...(broken && { fails: 'exit' }) });
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'tiny.json'), content);
      return { digest: digestOfBytes(content), folder };
    },
    ask: async (address) => (JSON.parse(await textAt(`${address}/`)) as { answer: string }).answer,
    killServer: async (place) => {
      const { live } = await stateOf(place);
      assert.ok(live?.server);
      process.kill(live.server.pid, 'SIGKILL');
    },
    killSupervisor: async (place) => {
      const { supervisor } = await stateOf(place);
      process.kill(supervisor.pid, 'SIGKILL');
      while (isRunning(supervisor)) await new Promise((done) => setTimeout(done, 5));
    },
    [Symbol.asyncDispose]: async () => {
      for (const place of places.values()) await target().stop(place);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A connection of its own for each request. */
function textAt(url: string): Promise<string> {
  return new Promise((done, fail) => {
    get(url, { agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => done(text));
      answer.once('error', fail);
    }).once('error', fail);
  });
}

targetConformance('local target', openLocal);
