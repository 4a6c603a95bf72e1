/** A column whose values are in bins; `places` of them, each at most 255. */
export interface BinnedFeature {
  readonly bins: Uint8Array;
  readonly places: number;
  /** Whether bins are in order; a split of others may put any of them together. */
  readonly isOrdered: boolean;
}

export interface BoostOptions {
  /** Default 60. */
  readonly trees?: number;
  /** Splits from the root to a leaf. Default 3: what three columns do together. */
  readonly depth?: number;
  /** Share of a tree's correction that is taken. Default 0.15. */
  readonly rate?: number;
}

export interface BoostedTrees {
  /** Log odds that a row is one of the second class, by the values that these features have for it. */
  readonly score: (features: readonly BinnedFeature[], row: number) => number;
  /** By feature: how much its splits bettered the fit. */
  readonly gains: Float64Array;
}

interface Node {
  readonly feature: number;
  readonly gain: number;
  /** By bin: 1 where a row goes to the right. */
  readonly right: Uint8Array;
}

interface Tree {
  /** The children of node i are 2 i + 1 and 2 i + 2; null where a node is not split, and its rows go left. */
  readonly nodes: readonly (Node | null)[];
  readonly leaves: Float64Array;
}

/** Weight of a pull to zero on each leaf, in rows. */
const pull = 5;

/**
 * Gradient boosting of small trees for two classes (Friedman 2001, Annals of Statistics 29:1189; second-order leaves as Chen and Guestrin 2016,
 * KDD, equation 5), on histograms of bins. Both classes weigh the same however many rows they have. No randomness: same rows, same trees.
 *
 * @param rows the rows to learn from
 * @param isSecond by row: 1 for the second class
 */
export function boostTrees(
  features: readonly BinnedFeature[],
  { rows, isSecond }: { readonly rows: Uint32Array; readonly isSecond: Uint8Array },
  { trees = 60, depth = 3, rate = 0.15 }: BoostOptions = {},
): BoostedTrees {
  const seconds = rows.reduce((sum, row) => sum + (isSecond[row] ?? 0), 0);
  const weights = [rows.length / 2 / Math.max(1, rows.length - seconds), rows.length / 2 / Math.max(1, seconds)];
  const scores = new Float64Array(rows.length);
  const gradients = new Float64Array(rows.length);
  const hessians = new Float64Array(rows.length);
  const grown: Tree[] = [];
  for (let turn = 0; turn < trees; turn++) {
    rows.forEach((row, index) => {
      const second = isSecond[row] ?? 0;
      const chance = 1 / (1 + Math.exp(-(scores[index] ?? 0)));
      const weight = weights[second] ?? 1;
      gradients[index] = weight * (chance - second);
      hessians[index] = weight * chance * (1 - chance);
    });
    const tree = growTree(features, rows, { gradients, hessians, depth, rate });
    if (tree === null) break;
    grown.push(tree);
    rows.forEach((row, index) => (scores[index] = (scores[index] ?? 0) + leafOf(tree, features, row)));
  }
  const gains = new Float64Array(features.length);
  for (const { nodes } of grown) for (const node of nodes) if (node !== null) gains[node.feature] = (gains[node.feature] ?? 0) + node.gain;
  return { score: (own, row) => grown.reduce((sum, tree) => sum + leafOf(tree, own, row), 0), gains };
}

interface Growing {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  readonly depth: number;
  readonly rate: number;
}

function growTree(features: readonly BinnedFeature[], rows: Uint32Array, growing: Growing): Tree | null {
  const { gradients, hessians, depth, rate } = growing;
  const at = new Uint16Array(rows.length);
  const nodes: (Node | null)[] = [];
  for (let level = 0; level < depth; level++) {
    const first = 2 ** level - 1;
    const best = bestSplits(features, { rows, at, first, ...growing });
    nodes.push(...best);
    for (let index = 0; index < rows.length; index++) {
      const node = best[(at[index] ?? 0) - first] ?? null;
      at[index] = 2 * (at[index] ?? 0) + 1 + (node === null ? 0 : (node.right[features[node.feature]?.bins[rows[index] ?? 0] ?? 0] ?? 0));
    }
  }
  if (nodes.every((node) => node === null)) return null;
  const leaves = 2 ** depth;
  const sums = { gradient: new Float64Array(leaves), hessian: new Float64Array(leaves) };
  for (let index = 0; index < rows.length; index++) {
    const leaf = (at[index] ?? 0) - (leaves - 1);
    sums.gradient[leaf] = (sums.gradient[leaf] ?? 0) + (gradients[index] ?? 0);
    sums.hessian[leaf] = (sums.hessian[leaf] ?? 0) + (hessians[index] ?? 0);
  }
  return { nodes, leaves: sums.gradient.map((gradient, leaf) => (-rate * gradient) / ((sums.hessian[leaf] ?? 0) + pull)) };
}

function leafOf({ nodes, leaves }: Tree, features: readonly BinnedFeature[], row: number): number {
  let at = 0;
  while (at < nodes.length) {
    const node = nodes[at] ?? null;
    at = 2 * at + 1 + (node === null ? 0 : (node.right[features[node.feature]?.bins[row] ?? 0] ?? 0));
  }
  return leaves[at - nodes.length] ?? 0;
}

interface Level extends Growing {
  readonly rows: Uint32Array;
  /** Node that each row is in. */
  readonly at: Uint16Array;
  /** The first node of the level; there are first + 1. */
  readonly first: number;
}

/** The best split of each node of a level; null where none is worth its two leaves. */
function bestSplits(features: readonly BinnedFeature[], level: Level): readonly (Node | null)[] {
  const nodes = level.first + 1;
  const best: (Node | null)[] = Array.from({ length: nodes }, () => null);
  const gains = new Float64Array(nodes).fill(1e-9);
  for (const [feature, own] of features.entries()) {
    const sums = histogram(own, level);
    for (let node = 0; node < nodes; node++) {
      const found = splitOf(own, sums, node);
      if (found.gain <= (gains[node] ?? 0)) continue;
      gains[node] = found.gain;
      best[node] = { feature, gain: found.gain, right: found.right };
    }
  }
  return best;
}

interface Histogram {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function histogram({ bins, places }: BinnedFeature, { rows, at, first, gradients, hessians }: Level): Histogram {
  const gradient = new Float64Array((first + 1) * places);
  const hessian = new Float64Array((first + 1) * places);
  for (let index = 0; index < rows.length; index++) {
    const cell = ((at[index] ?? 0) - first) * places + (bins[rows[index] ?? 0] ?? 0);
    gradient[cell] = (gradient[cell] ?? 0) + (gradients[index] ?? 0);
    hessian[cell] = (hessian[cell] ?? 0) + (hessians[index] ?? 0);
  }
  return { gradient, hessian };
}

/** Weighted hessian that a side of a split needs; a row has at most a quarter. */
const leastSide = 2;

function splitOf(
  { places, isOrdered }: BinnedFeature,
  sums: Histogram,
  node: number,
): { readonly gain: number; readonly right: Uint8Array } {
  const [gradient, hessian] = [sums.gradient, sums.hessian].map((all) => all.subarray(node * places, (node + 1) * places));
  const g = (bin: number): number => gradient?.[bin] ?? 0;
  const h = (bin: number): number => hessian?.[bin] ?? 0;
  const order = Array.from({ length: places }, (_, bin) => bin);
  // bins without an order are best split in the order of their gradients (Fisher 1958, Journal of the American Statistical Association 53:789)
  if (!isOrdered) order.sort((a, b) => g(a) / (h(a) + pull) - g(b) / (h(b) + pull) || a - b);
  const all = { g: order.reduce((sum, bin) => sum + g(bin), 0), h: order.reduce((sum, bin) => sum + h(bin), 0) };
  const score = (gradients: number, hessians: number): number => gradients ** 2 / (hessians + pull);
  let best = { gain: 0, after: -1 };
  let left = { g: 0, h: 0 };
  for (const [index, bin] of order.slice(0, -1).entries()) {
    left = { g: left.g + g(bin), h: left.h + h(bin) };
    const right = { g: all.g - left.g, h: all.h - left.h };
    if (left.h < leastSide || right.h < leastSide) continue;
    const gain = score(left.g, left.h) + score(right.g, right.h) - score(all.g, all.h);
    if (gain > best.gain) best = { gain, after: index };
  }
  const right = new Uint8Array(places);
  if (best.after >= 0) for (const bin of order.slice(best.after + 1)) right[bin] = 1;
  return { gain: best.gain, right };
}
