import type { StreamedReply } from '../../../platform/index.ts';

export function refused(what: string): StreamedReply {
  return refusal(403, `the zone of this token may not ${what}`);
}

export function refusal(status: number, message: string): StreamedReply {
  return json(status, { error: message });
}

export function json(status: number, value: unknown): StreamedReply {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
