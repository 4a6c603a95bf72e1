/** A measured number in a sentence: four significant digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A difference in a sentence, always with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${figure(value)}` : value < 0 ? `−${figure(-value)}` : '0';
}

/** A count in a sentence: `27,994`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share in a sentence: `95 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`;
}

/** `1 row`, `2,000 rows`. */
export function rows(value: number): string {
  return `${count(value)} ${value === 1 ? 'row' : 'rows'}`;
}
