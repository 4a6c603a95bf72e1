import { open } from 'node:fs/promises';
import type { Signature } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import type { Mistake } from '../http/mistakes.ts';
import type { InputBinding } from '../model/bind-inputs.ts';
import type { ModelRunner } from '../model/model-runner.ts';
import type { Value } from '../model/tensor.ts';
import { type AbsentFeatures, memberWriter } from '../predict/write-predictions.ts';
import { checkRows, type RowRules } from './check-rows.ts';
import { predictRows } from './predict-rows.ts';
import { type ChunkRows, readRequests, rowsAtOnce } from './read-requests.ts';

/** A release that is loaded, ready for chunk after chunk. */
export interface ChunkScorer {
  readonly engine: Engine;
  readonly runner: ModelRunner;
  readonly binding: InputBinding;
  readonly signature: Signature;
  readonly rules: RowRules;
}

export interface ChunkCounts {
  readonly rows: number;
  readonly scored: number;
}

export interface ChunkOrder {
  readonly requests: string;
  readonly output: string;
  /** Whether each row is predicted by itself. */
  readonly alone: boolean;
}

/**
 * Scores the rows of one file into another, a line of JSON for each row, in no order: `{"row", "prediction", …}` as the service
 * answers, or `{"row", "code", "reason"}` for one that it would refuse. The file is durable when the promise resolves.
 */
export async function scoreChunk(scorer: ChunkScorer, order: ChunkOrder): Promise<ChunkCounts> {
  const { engine, rules, signature } = scorer;
  const { requests, output, alone } = order;
  const file = await open(output, 'wx');
  const counts = { rows: 0, scored: 0 };
  try {
    for await (const rows of readRequests(engine, requests, { fields: rules.fields.length, looked: rules.looked })) {
      counts.rows += rows.numbers.length;
      const refused = new Map(checkRows(rows, rules));
      const places = rows.numbers.flatMap((_, place) => (refused.has(place) ? [] : [place]));
      for await (const predicted of predictRows(scorer, { cells: cellsOf(rows, rules), places, atOnce: alone ? 1 : rowsAtOnce })) {
        if (predicted.kind === 'refusal') {
          const [{ code, message, hint }] = predicted.error.diagnostics;
          refused.set(predicted.place, [{ at: '', code, message, hint: hint ?? '' }]);
          continue;
        }
        const write = memberWriter(signature)(predicted.answer);
        const lines = predicted.places.map(
          (place, index) => `{"row":${rows.numbers[place]},${write(index, absentOf(rows, rules, place))}}\n`,
        );
        counts.scored += lines.length;
        await file.appendFile(lines.join(''));
      }
      await file.appendFile([...refused].map(([place, mistakes]) => refusalLine(rows.numbers[place] ?? 0, mistakes)).join(''));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return counts;
}

function cellsOf(rows: ChunkRows, { sources }: RowRules): readonly (readonly Value[])[] {
  return sources.map(({ from, index }) => (from === 'feature' ? (rows.features[index] ?? []) : (rows.fields[index] ?? []).map(valueOf)));
}

/** Of rows that passed the checks nothing is left out: lists and objects are no value of a field. */
function valueOf(cell: ChunkRows['fields'][number][number]): Value {
  return typeof cell === 'object' ? null : cell;
}

function absentOf({ statuses }: ChunkRows, { looked }: RowRules, place: number): AbsentFeatures {
  return looked.flatMap(({ name }, index) => {
    const status = statuses[index]?.[place] ?? 'NOT_FOUND';
    return status === 'PRESENT' ? [] : [{ column: name, status }];
  });
}

/** The first mistake gives the code, all of them the reason. */
function refusalLine(row: number, mistakes: readonly Mistake[]): string {
  return `${JSON.stringify({ row, code: mistakes[0]?.code ?? '', reason: mistakes.map(({ message }) => message).join('; ') })}\n`;
}
