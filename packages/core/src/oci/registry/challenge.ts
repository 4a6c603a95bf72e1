/** What a registry wants to be asked with: RFC 9110 section 11, and the token specification of the distribution project. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | null; readonly scope: string | null };

/** The first scheme of `WWW-Authenticate` that is known; null for none. */
export function readChallenge(header: string): Challenge | null {
  const bearer = /(?:^|,\s*)bearer\s+(.*)$/i.exec(header)?.[1];
  if (bearer !== undefined) {
    const parts = new Map(
      [...bearer.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)].map(([, name, quoted, plain]) => [
        name?.toLowerCase(),
        quoted ?? plain,
      ]),
    );
    const realm = parts.get('realm');
    if (realm !== undefined) return { scheme: 'bearer', realm, service: parts.get('service') ?? null, scope: parts.get('scope') ?? null };
  }
  return /(?:^|,\s*)basic\b/i.test(header) ? { scheme: 'basic' } : null;
}
