import { explainName, explainPrediction, isPredictionId } from '@tidegate/core';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { explanationLines } from '../render/explanation-view.ts';
import { predictionLines } from '../render/prediction-view.ts';

export const command: Command = {
  name: 'explain',
  summary: 'Say why a step ran or not, why a verdict fell, where an answer comes from',
  usage: 'STEP|RUN|PREDICTION',
  options: {},
  examples: [
    { line: 'tidegate explain steps.train', does: 'what its key is made of, why it last ran, what it would do now' },
    { line: 'tidegate explain models.delay', does: 'the evidence behind the verdict of the gate' },
    { line: 'tidegate explain r-20261123-202553-3f9a', does: 'the same for every step of a run' },
    { line: 'tidegate explain 01933f3a-7c1b-7000-9d2e-0a1b2c3d4e5f', does: 'which model, data and feature values made an answer' },
  ],
  run: async (invocation) => {
    const [name = ''] = invocation.positionals;
    using project = await openHere(invocation);
    const { terminal } = invocation;
    if (isPredictionId(name)) {
      const prediction = await explainPrediction(project, name);
      if (invocation.json) terminal.json(prediction);
      for (const line of predictionLines(prediction, terminal)) terminal.line(line);
      return 0;
    }
    const explanations = await explainName(project, name, invocation.signal);
    if (invocation.json) terminal.json(explanations);
    for (const explanation of explanations) for (const line of explanationLines(explanation, terminal)) terminal.line(line);
    return 0;
  },
};
