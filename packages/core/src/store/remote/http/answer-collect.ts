import { TidegateError, type Zone } from '@tidegate/formats';
import type { StreamedReply } from '../../../platform/index.ts';
import { collectRemote } from '../collect/collect-remote.ts';
import type { RemoteGarbageReport } from '../collect/garbage-report.ts';
import { rightsOf } from '../file-rights.ts';
import { refusal, refused } from './replies.ts';
import type { ServedRemote } from './served-remote.ts';

/** Without a sign for a minute the connection would be cut. */
const signEveryMs = 10_000;

/** Collects garbage in the served folder, by its own clock: an empty object in a line now and then, and in the last line the report, or what is wrong. */
export async function answerCollect({ files, scratch }: ServedRemote, zone: Zone, query: URLSearchParams): Promise<StreamedReply> {
  if (!rightsOf(zone, 'objects').remove) return refused('collect garbage');
  const graceMs = Number(query.get('grace') ?? Number.NaN);
  if (!Number.isSafeInteger(graceMs) || graceMs < 0) return refusal(400, '"grace" is no time in milliseconds');
  const abort = new AbortController();
  const work = collectRemote({
    files,
    zone,
    scratch,
    nowMs: Date.now(),
    graceMs,
    dryRun: query.get('dry-run') !== null,
    signal: abort.signal,
  });
  const ended = work.then(
    (report) => ({ report }),
    (error: unknown) => ({ error: saidOf(error) }),
  );
  return { status: 200, headers: { 'content-type': 'application/jsonl' }, body: lines(ended, abort) };
}

type Ended = { readonly report: RemoteGarbageReport } | { readonly error: string };

async function* lines(ended: Promise<Ended>, abort: AbortController): AsyncGenerator<string> {
  try {
    for (;;) {
      const sign = Promise.withResolvers<null>();
      const timer = setTimeout(() => sign.resolve(null), signEveryMs);
      const found = await Promise.race([ended, sign.promise]);
      clearTimeout(timer);
      yield `${JSON.stringify(found ?? {})}\n`;
      if (found !== null) return;
    }
  } finally {
    abort.abort(); // whoever asked is gone, or has been told
  }
}

/** No path of this machine. */
function saidOf(error: unknown): string {
  if (!(error instanceof TidegateError)) return 'the server made a mistake';
  const [{ code }] = error.diagnostics;
  return code === 'TG-STORE-REMOTE' ? 'what a project needs cannot be read there, or the folder cannot be used' : `the server says ${code}`;
}
