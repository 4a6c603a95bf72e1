/** One paragraph of a control file, deb822(5): names in lower case; lines that go on are joined as they are. */
export type ControlFields = ReadonlyMap<string, string>;

/** Paragraphs one after another, from text of any length. */
export function* readParagraphs(text: string): Generator<ControlFields> {
  for (const paragraph of text.split(/\n[ \t]*\n/)) {
    const fields = new Map<string, string>();
    let last = '';
    for (const line of paragraph.split('\n'))
      if (/^[ \t]/.test(line)) fields.set(last, `${fields.get(last) ?? ''}\n${line.slice(1)}`);
      else if (line.includes(':')) {
        last = line.slice(0, line.indexOf(':')).toLowerCase();
        fields.set(last, line.slice(line.indexOf(':') + 1).trim());
      }
    if (fields.size > 0) yield fields;
  }
}
