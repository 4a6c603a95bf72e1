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
    0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376,
  ],
  denominator: [
    0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948,
    440.413735824752,
  ],
} as const;

const central = {
  numerator: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438,
    3.3871328727963665,
  ],
  denominator: [
    5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091,
    1,
  ],
} as const;

const middle = {
  shift: 1.6,
  numerator: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691,
    4.630337846156546, 1.4234371107496835,
  ],
  denominator: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038,
    2.053191626637759, 1,
  ],
} as const;

const far = {
  shift: 5,
  numerator: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487, 1.7848265399172913,
    5.463784911164114, 6.657904643501103,
  ],
  denominator: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615, 0.1369298809227358,
    0.599832206555888, 1,
  ],
} as const;
