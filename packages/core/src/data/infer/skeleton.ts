/** A text with every run of letters and digits (of ASCII) as one `w`: what all texts of a code have in common. */
export function skeletonSql(sql: string): string {
  return `regexp_replace(${sql}, '[A-Za-z0-9]+', 'w', 'g')`;
}
