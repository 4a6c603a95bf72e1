import { type ExplainedStep, explainName, type Explanation } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import type { Command } from '../command.ts';
import { openHere } from '../open-here.ts';
import { evidenceLines } from '../render/run-view.ts';
import { bytes, duration } from '../render/figures.ts';
import type { Terminal } from '../render/terminal.ts';
import { reasonWords, statusWords, valueWords } from '../render/words.ts';

export const command: Command = {
  name: 'explain',
  summary: 'Say why a step ran or not, why a verdict fell, where an artifact comes from',
  usage: 'STEP|RUN',
  options: {},
  examples: [
    { line: 'tidegate explain steps.train', does: 'what its key is made of, why it last ran, what it would do now' },
    { line: 'tidegate explain models.delay', does: 'the evidence behind the verdict of the gate' },
    { line: 'tidegate explain r-20261123-202553-3f9a', does: 'the same for every step of a run' },
  ],
  run: async (invocation) => {
    const [name = ''] = invocation.positionals;
    using project = await openHere(invocation);
    const explanations = await explainName(project, name, invocation.signal);
    if (invocation.json) invocation.terminal.json(explanations);
    for (const explanation of explanations)
      for (const line of explanationLines(explanation, invocation.terminal)) invocation.terminal.line(line);
    return 0;
  },
};

function explanationLines({ step, explanation, now }: ExplainedStep, terminal: Terminal): readonly string[] {
  const { style } = terminal;
  const lines = [style('bold', step)];
  if (explanation === null) lines.push('  It has never run.');
  else lines.push(...resultLines(explanation, terminal));
  if (now !== null)
    lines.push(now.length === 0 ? '  Now: nothing it reads has changed.' : `  Now it would run: ${now.map(reasonWords).join('; ')}.`);
  return lines;
}

function resultLines({ run, record, key, made, differences }: Explanation, terminal: Terminal): readonly string[] {
  const { style } = terminal;
  const why =
    record.status === 'hit'
      ? `unchanged: its result is that of run ${record.madeBy ?? 'unknown'}`
      : `${statusWords[record.status]}: ${record.reasons.map(reasonWords).join('; ') || 'something it depends on did not pass'}`;
  return [
    `  In run ${run} it was ${why}.`,
    ...(made === null ? [] : [`  Its result was made in run ${made.run} at ${made.at}, in ${duration(made.durationMs)}.`]),
    ...evidenceLines(record.evidence, terminal).map((line) => line.slice(4)),
    ...(record.failure === null ? [] : [`  ${style('red', record.failure.code)}: ${record.failure.message}`]),
    ...(differences.length === 0 ? [] : [`  Since the key before: ${differences.map(reasonWords).join('; ')}.`]),
    ...(record.key === null || key === null
      ? []
      : [
          `  Key ${shortDigest(record.key)}, made of:`,
          ...Object.entries({ ...key.settings, ...key.facts }).map(([name, value]) => `    ${name} = ${valueWords(value)}`),
        ]),
    ...Object.entries(key?.inputs ?? {}).map(([name, digest]) => `    ${name} ${style('dim', shortDigest(digest))}`),
    ...Object.entries(record.outputs).map(
      ([output, artifact]) => `  Made ${output}: ${shortDigest(artifact.digest)}, ${bytes(artifact.bytes)}`,
    ),
  ];
}
