/** What a body is, or is to be. */
export type RowsMedia = 'json' | 'json-lines' | 'csv';

const known: { readonly [type: string]: RowsMedia } = {
  'application/json': 'json',
  'application/jsonlines': 'json-lines',
  'application/x-ndjson': 'json-lines',
  'application/x-jsonlines': 'json-lines',
  'text/csv': 'csv',
};

/** By the media type of a header, without its parameters. Null for one that is not known. */
export function mediaOf(header: string): RowsMedia | null {
  const type = (header.split(';')[0] ?? '').trim().toLowerCase();
  return known[type] ?? (type.endsWith('+json') ? 'json' : null);
}

/** What an answer is written as: the first of `Accept` that is known, else JSON. */
export function acceptedMedia(header: string | null): RowsMedia {
  for (const part of (header ?? '').split(',')) {
    const media = mediaOf(part);
    if (media !== null) return media;
  }
  return 'json';
}

/** The parameter `header` of `text/csv` (RFC 4180 section 3); null where nothing is said. */
export function hasHeaderLine(header: string): boolean | null {
  const said = /;\s*header\s*=\s*"?(present|absent)"?/i.exec(header)?.[1]?.toLowerCase();
  return said === undefined ? null : said === 'present';
}
