import type { Json } from '@tidegate/formats';
import type { StepContext, StepKind } from '../pipeline/index.ts';
import { artifactOf } from './candidate-model.ts';
import type { Champion } from './champion.ts';
import type { EvaluateDeps } from './evaluate-deps.ts';
import { carriesSomething } from './carried.ts';
import { evaluateModel } from './evaluate-model.ts';
import { settingsOf } from './evaluate-settings.ts';
import { gateRules } from './judge-model.ts';
import { scanRules } from './safety/index.ts';

type Asked = Pick<StepContext, 'node' | 'inputs'>;

/**
 * Steps under `models:`: registers the model version, scores the test set with it and with the champion, and lets the gate judge.
 * The verdicts are evidence; it throws only when the candidate cannot be run at all.
 */
export function evaluateKind(deps: EvaluateDeps): StepKind {
  // the champion that entered the key is the one to compare with, whatever is deployed in the meantime
  const answers = new Map<string, Champion | null>();
  const questionOf = ({ node, inputs }: Asked) => {
    const settings = settingsOf(node);
    return { project: settings.project, model: settings.model, candidate: artifactOf({ inputs }, settings).digest };
  };
  const ask = async (context: Asked): Promise<Champion | null> => {
    const question = questionOf(context);
    const champion = await deps.champions.champion(question);
    answers.set(JSON.stringify(question), champion);
    return champion;
  };
  return {
    kind: 'evaluate',
    version: gateRules,
    facts: async (context) => factsOf(await ask(context), deps, context),
    run: async (context) => {
      const answer = answers.get(JSON.stringify(questionOf(context)));
      return evaluateModel(context, { ...deps, champion: answer === undefined ? await ask(context) : answer });
    },
  };
}

async function factsOf(champion: Champion | null, deps: EvaluateDeps, { node }: Asked): Promise<{ readonly [name: string]: Json }> {
  const { python, gate, model } = settingsOf(node);
  return {
    environment: deps.champions.environment,
    modelScan: scanRules,
    champion: champion && { release: champion.release, modelVersion: champion.manifest.model.version },
    // what a check carries decides its verdict
    ...(carriesSomething(gate) && champion !== null && { carried: deps.evaluationOf({ model, version: champion.manifest.model.version }) }),
    ...(python !== null && { python: await deps.virtualEnvironments.identity(python) }),
  };
}
