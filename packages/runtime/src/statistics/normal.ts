/**
 * Standard normal distribution function, absolute error below 1e-14, relative error below 1e-8 far out in the lower tail
 * (Hart's algorithm 5666 in the form of G. West, "Better approximations to cumulative normal functions", Wilmott 2005).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const magnitude = Math.abs(x);
  if (magnitude > 38) return x > 0 ? 1 : 0;
  const tail = Math.exp((-magnitude * magnitude) / 2) * (magnitude < 7.07106781186547 ? hartRatio(magnitude) : tailFraction(magnitude));
  return x > 0 ? 1 - tail : tail;
}

/**
 * Inverse of {@link normalCdf}, relative error about 1e-16 (Wichura 1988, algorithm AS 241, PPND16).
 *
 * @returns -Infinity at 0, Infinity at 1, NaN outside.
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  const fromCentre = probability - 0.5;
  if (Math.abs(fromCentre) <= 0.425) {
    const r = 0.180625 - fromCentre * fromCentre;
    return (fromCentre * polynomial(central.numerator, r)) / polynomial(central.denominator, r);
  }
  const tail = fromCentre < 0 ? probability : 1 - probability;
  if (tail === 0) return fromCentre < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(tail));
  const { numerator, denominator, shift } = r <= 5 ? middle : far;
  const value = polynomial(numerator, r - shift) / polynomial(denominator, r - shift);
  return fromCentre < 0 ? -value : value;
}

/** Coefficients from the highest power down. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

function hartRatio(x: number): number {
  return polynomial(hart.numerator, x) / polynomial(hart.denominator, x);
}

/** Continued fraction of Mills' ratio, over the square root of 2 pi. */
function tailFraction(x: number): number {
  let fraction = x + 0.65;
  for (const term of [4, 3, 2, 1]) fraction = x + term / fraction;
  return 1 / (fraction * Math.sqrt(2 * Math.PI));
}

const hart = {
  numerator: [
    3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376,
  ],
  denominator: [
    8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948,
    440.413735824752,
  ],
} as const;

const central = {
  numerator: [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
    1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  denominator: [
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083,
    42.313330701600911252, 1,
  ],
} as const;

const middle = {
  shift: 1.6,
  numerator: [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504,
    5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  denominator: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459, 0.68976733498510000455,
    1.6763848301838038494, 2.05319162663775882187, 1,
  ],
} as const;

const far = {
  shift: 5,
  numerator: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093, 0.29656057182850489123,
    1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  denominator: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, 0.0148753612908506148525,
    0.13692988092273580531, 0.59983220655588793769, 1,
  ],
} as const;
