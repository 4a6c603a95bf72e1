import { extname, resolve } from 'node:path';
import { listScores, type Project, replayPredictions, type ScoredJob, scoreRows } from '@tidegate/core';
import { exitOfVerdict, failure } from '@tidegate/formats';
import type { Command, Invocation } from '../command.ts';
import { momentOf } from '../moment-of.ts';
import { openHere } from '../open-here.ts';
import { runView } from '../render/run-view.ts';
import { replayLines } from '../render/replay-view.ts';
import { receiptLines, receiptList } from '../render/score-view.ts';
import { whole } from '../render/figures.ts';

export const command: Command = {
  name: 'score',
  summary: 'Score the rows of a file, or those of a prediction log again',
  usage: '[INPUT] [--output OUT] [--as-of TIME] [--replay ENV] [--list]',
  options: {
    output: { type: 'string', short: 'o', value: 'OUT', help: 'Where the scored rows go; like INPUT a .parquet or .csv file' },
    'as-of': {
      type: 'string',
      value: 'TIME',
      help: "The moment of all rows, ISO 8601 (default: the column named as the feature service's time, or now)",
    },
    release: {
      type: 'string',
      value: 'RELEASE',
      help: 'A release by the first digits of its digest (default: what is live in the last environment)',
    },
    environment: { type: 'string', value: 'ENV', help: 'The release that is live in this environment' },
    service: { type: 'string', value: 'NAME', help: 'Which service, where there are several' },
    quarantine: {
      type: 'string',
      value: 'FILE',
      help: 'Where rows go that cannot be scored (default: OUT with ".quarantine" before its ending)',
    },
    receipt: { type: 'string', value: 'FILE', help: 'Write the receipt to this file as well, as JSON' },
    pinned: { type: 'boolean', help: 'Compute features from the dataset versions of earlier runs, without a look at the sources' },
    chunk: { type: 'string', value: 'N', help: 'Rows that are scored and kept at once (default 50000)' },
    list: { type: 'boolean', help: 'List what was scored' },
    replay: {
      type: 'string',
      value: 'ENV',
      help: "Score the predictions of this environment's log again, as of the same moments, and say what is not the same",
    },
    since: { type: 'string', value: 'TIME', help: 'With "--replay": predictions whose moment is this or later' },
    until: { type: 'string', value: 'TIME', help: 'With "--replay": predictions whose moment is earlier' },
    tolerance: { type: 'string', value: 'N', help: 'With "--replay": how far apart numbers may be, relatively (default 1e-9)' },
  },
  examples: [
    { line: 'tidegate score october.parquet --output scored.parquet', does: 'with what is live, each row as of its own moment' },
    { line: 'tidegate score october.csv --output scored.csv --as-of 2013-10-01T00:00:00Z', does: 'all rows as of one moment' },
    {
      line: 'tidegate score --replay production --since 2013-10-01 --until 2013-10-04',
      does: 'whether what was answered comes out of the datasets as well',
    },
    { line: 'tidegate score --list', does: 'what was scored, with how many rows and by which release' },
  ],
  run: async (invocation) => {
    using project = await openHere(invocation);
    const { terminal, json, flag, signal } = invocation;
    const environment = invocation.text('replay');
    if (environment !== undefined) return await replay(project, environment, invocation);
    if (flag('list')) {
      const receipts = await listScores(project);
      if (json) terminal.json(receipts);
      for (const line of receiptList(receipts)) terminal.line(line);
      return 0;
    }
    const job = await scoreRows(project, {
      ...filesOf(invocation),
      release: invocation.text('release') ?? null,
      environment: invocation.text('environment') ?? null,
      service: invocation.text('service') ?? null,
      asOfMs: momentOf('as-of', invocation.text('as-of')),
      pinned: flag('pinned'),
      chunkRows: rowsOf(invocation.text('chunk')),
      signal,
      emit: runView(terminal, { verbose: false }),
      progress: (doing, rows) => terminal.status(`… ${doing}${rows === 0 ? '' : `, ${whole(rows)} rows done`}`),
    });
    terminal.status(null);
    tell(job, invocation);
    return 0;
  },
};

function tell(job: ScoredJob, { terminal, json, cwd }: Invocation): void {
  if (json) terminal.json(job);
  for (const line of receiptLines(job, cwd)) terminal.line(line);
}

async function replay(project: Project, environment: string, invocation: Invocation): Promise<number> {
  const { terminal, json, flag, signal, text, cwd, positionals } = invocation;
  if (positionals.length > 0)
    throw failure('TG-CLI-USAGE', 'Cannot replay a log and score a file at once', 'Leave the file out: tidegate score --replay production');
  const fileOf = (option: string): string | null => {
    const path = text(option);
    return path === undefined ? null : resolve(cwd, path);
  };
  const report = await replayPredictions(project, {
    environment,
    service: text('service') ?? null,
    sinceMs: momentOf('since', text('since')),
    untilMs: momentOf('until', text('until')),
    tolerance: toleranceOf(text('tolerance')),
    pinned: flag('pinned'),
    output: fileOf('output'),
    receipt: fileOf('receipt'),
    signal,
    emit: runView(terminal, { verbose: false }),
    progress: (doing, rows) => terminal.status(`… ${doing}${rows === 0 ? '' : `, ${whole(rows)} rows done`}`),
  });
  terminal.status(null);
  if (json) terminal.json(report);
  for (const line of replayLines(report, terminal)) terminal.line(line);
  return exitOfVerdict(report.verdict);
}

function toleranceOf(text: string | undefined): number {
  const tolerance = Number(text ?? 1e-9);
  if (tolerance >= 0 && tolerance < 1) return tolerance;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot compare within "${text ?? ''}": it must be a number from 0 to 1`,
    'For example: "--tolerance 1e-6"',
  );
}

interface Files {
  readonly input: string;
  readonly output: string;
  readonly quarantine: string;
  readonly receipt: string | null;
}

/** The files of the job with their whole paths. */
function filesOf({ positionals: [input], text, cwd }: Invocation): Files {
  const output = text('output');
  const example = 'for example: tidegate score rows.parquet --output scored.parquet';
  if (input === undefined) throw failure('TG-CLI-USAGE', 'Cannot score: no file with rows is given', `Name it, ${example}`);
  if (output === undefined)
    throw failure('TG-CLI-USAGE', `Cannot score "${input}": "--output" is missing`, `Say where the rows go, ${example}`);
  const ending = extname(output);
  const beside = `${output.slice(0, output.length - ending.length)}.quarantine${ending}`;
  const receipt = text('receipt');
  const files = {
    input: resolve(cwd, input),
    output: resolve(cwd, output),
    quarantine: resolve(cwd, text('quarantine') ?? beside),
    receipt: receipt === undefined ? null : resolve(cwd, receipt),
  };
  refuseEqual(Object.values(files));
  return files;
}

/** Rows that are read and a file that is written must not be one and the same. */
function refuseEqual(paths: readonly (string | null)[]): void {
  const twice = paths.find((path, index) => path !== null && paths.indexOf(path) < index);
  if (twice === undefined || twice === null) return;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot score: "${twice}" is named for two of the files`,
    'Give input, output, quarantine and receipt a file each',
  );
}

function rowsOf(text: string | undefined): number {
  const rows = Number(text ?? 50_000);
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot score ${JSON.stringify(text)} rows at once: it must be a whole number from 1`,
    'For example: "--chunk 10000"',
  );
}
