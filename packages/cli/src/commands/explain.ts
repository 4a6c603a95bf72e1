import { type Explained, explainName, explainPrediction, isPredictionId } from '@tidegate/core';
import { unreachable } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { openHere } from '../open-here.ts';
import { artifactLines } from '../render/artifact-view.ts';
import { explainedRunLines } from '../render/explained-run-view.ts';
import { explanationLines } from '../render/explanation-view.ts';
import { predictionLines } from '../render/prediction-view.ts';

export const command: Command = {
  name: 'explain',
  summary: 'Say why a step ran or not, why a verdict fell, where an answer comes from',
  usage: 'STEP|RUN|ARTIFACT|PREDICTION',
  options: {
    run: { type: 'string', value: 'RUN', help: 'Explain the step as it was in this run (default: the newest that had it)' },
    against: { type: 'string', value: 'RUN', help: 'Compare the step with that of this run (default: its nearest earlier result)' },
  },
  examples: [
    { line: 'tidegate explain steps.train', does: 'what its key is made of, why it last ran, what it would do now' },
    { line: 'tidegate explain models.delay', does: 'the evidence behind the verdict of the gate' },
    {
      line: 'tidegate explain steps.train --run last --against last-1',
      does: 'what its key has otherwise in the last run than in the one before',
    },
    {
      line: 'tidegate explain r-20261123-202553-3f9a',
      does: 'why each step of a run ran, and where the results come from that were taken',
    },
    { line: 'tidegate explain models/delay.onnx', does: 'who made it from what, and in which runs, releases and deployments it is' },
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
    const explained = await explainName(project, {
      name,
      run: invocation.text('run') ?? null,
      against: invocation.text('against') ?? null,
      signal: invocation.signal,
    });
    if (invocation.json) terminal.json(explained);
    for (const line of linesOf(explained, terminal)) terminal.line(line);
    return 0;
  },
};

function linesOf(explained: Explained, terminal: Invocation['terminal']): readonly string[] {
  switch (explained.kind) {
    case 'step':
      return explanationLines(explained, terminal);
    case 'run':
      return explainedRunLines(explained, terminal);
    case 'artifact':
      return artifactLines(explained, terminal);
    default:
      return unreachable(explained);
  }
}
