/** The results with one section written anew, the others and what stands before the first as they were. */
export function withSection(text: string, title: string, section: string): string {
  const [before = '', ...parts] = text.split(/^## /m);
  const sections = new Map(parts.map((one) => [one.slice(0, one.indexOf('\n')), one.slice(one.indexOf('\n') + 1).trim()]));
  sections.set(title, section);
  return [before, ...[...sections].map(([name, one]) => `## ${name}\n\n${one}\n`)].join('\n').replaceAll(/\n{3,}/g, '\n\n');
}
