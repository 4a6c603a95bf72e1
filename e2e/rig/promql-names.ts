const keywords = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'offset', 'bool']);

/** The metrics that an expression of PromQL reads. */
export function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right) \([^)]*\)/g, ' ');
  const names = [...bare.matchAll(/(?<![\w:.$])([A-Za-z_:][\w:]*)(?!\w)(?! *\()/g)].map(([, name = '']) => name);
  return names.filter((name) => !keywords.has(name));
}

/** The labels that an expression chooses by, each with its metric: `tidegate_requests_total code`. */
export function labelsIn(expr: string): readonly string[] {
  return [...expr.matchAll(/([A-Za-z_:][\w:]*)\{([^}]*)\}/g)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => `${metric} ${label}`),
  );
}

/** Every expression in a value: what stands under `expr`. */
export function expressionsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) =>
    name === 'expr' && typeof member === 'string' ? [member] : expressionsIn(member),
  );
}
