/** Weights of a linear model: one for each column, and what is added to their sum. */
export interface LinearModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** Rows of a design: one array for each column, each as long as the outcome. */
export interface Design {
  readonly columns: readonly Float64Array[];
  readonly outcome: Float64Array;
}

/** Least squares with a penalty on the squared weights and none on the intercept (Hoerl and Kennard 1970, Technometrics 12:55). */
export function fitRidge(design: Design, penalty: number): LinearModel {
  const rows = design.outcome.length;
  const ones = new Float64Array(rows).fill(1);
  return newtonStep({ design, curvature: ones, slope: design.outcome, penalty, at: null });
}

/**
 * Logistic regression of an outcome of 0 and 1, as scikit-learn's `LogisticRegression` of C = 1 / penalty: the log-likelihood minus half the
 * penalty times the squared weights, by Newton's method. The penalty keeps it finite where the classes can be told apart.
 */
export function fitLogistic(design: Design, penalty: number): LinearModel {
  const { columns, outcome } = design;
  let model: LinearModel = { weights: new Float64Array(columns.length), intercept: 0 };
  let loss = logisticLoss(design, model, penalty);
  for (let step = 0; step < mostSteps; step++) {
    const probability = linearSums(columns, model, outcome.length).map(logistic);
    const next = newtonStep({
      design,
      curvature: probability.map((p) => Math.max(p * (1 - p), 1e-12)),
      slope: outcome.map((y, row) => y - (probability[row] ?? 0)),
      penalty,
      at: model,
    });
    const moved = notWorse(design, { from: model, to: next, loss, penalty });
    if (moved === null) break;
    const gained = loss - moved.loss;
    ({ model, loss } = moved);
    if (gained <= 1e-13 * Math.abs(loss)) break;
  }
  return model;
}

const mostSteps = 100;

export function logistic(sum: number): number {
  return 1 / (1 + Math.exp(-sum));
}

export function linearSums(columns: readonly Float64Array[], { weights, intercept }: LinearModel, rows: number): Float64Array {
  const sums = new Float64Array(rows).fill(intercept);
  columns.forEach((column, place) => {
    const weight = weights[place] ?? 0;
    for (let row = 0; row < rows; row++) sums[row] = (sums[row] ?? 0) + weight * (column[row] ?? 0);
  });
  return sums;
}

function logisticLoss({ columns, outcome }: Design, model: LinearModel, penalty: number): number {
  let loss = 0;
  linearSums(columns, model, outcome.length).forEach((sum, row) => {
    // log(1 + e^sum) - y sum, without overflow
    loss += Math.max(sum, 0) + Math.log1p(Math.exp(-Math.abs(sum))) - (outcome[row] ?? 0) * sum;
  });
  return loss + (penalty / 2) * model.weights.reduce((sum, weight) => sum + weight * weight, 0);
}

/** Halves a step until it does not make the loss larger; null when none does. */
function notWorse(
  design: Design,
  { from, to, loss, penalty }: { readonly from: LinearModel; readonly to: LinearModel; readonly loss: number; readonly penalty: number },
): { readonly model: LinearModel; readonly loss: number } | null {
  for (let share = 1; share > 1e-6; share /= 2) {
    const between = (a: number, b: number): number => a + share * (b - a);
    const model = {
      weights: from.weights.map((weight, place) => between(weight, to.weights[place] ?? 0)),
      intercept: between(from.intercept, to.intercept),
    };
    const tried = logisticLoss(design, model, penalty);
    if (tried <= loss) return { model, loss: tried };
  }
  return null;
}

/** Solves (X'CX + penalty) step = X'slope - penalty at, the intercept being a column of ones without penalty; returns at + step. */
function newtonStep(order: {
  readonly design: Design;
  readonly curvature: Float64Array;
  readonly slope: Float64Array;
  readonly penalty: number;
  readonly at: LinearModel | null;
}): LinearModel {
  const { design, curvature, slope, penalty, at } = order;
  const rows = slope.length;
  const columns = [...design.columns, new Float64Array(rows).fill(1)];
  const size = columns.length;
  const matrix = columns.map(() => new Float64Array(size));
  const right = new Float64Array(size);
  const scaled = new Float64Array(rows);
  columns.forEach((column, i) => {
    let product = 0;
    for (let row = 0; row < rows; row++) {
      scaled[row] = (column[row] ?? 0) * (curvature[row] ?? 0);
      product += (column[row] ?? 0) * (slope[row] ?? 0);
    }
    const isIntercept = i === size - 1;
    right[i] = product - (isIntercept ? 0 : penalty * (at?.weights[i] ?? 0));
    for (let j = 0; j <= i; j++) {
      const other = columns[j] ?? scaled;
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += (scaled[row] ?? 0) * (other[row] ?? 0);
      const line = matrix[i];
      if (line !== undefined) line[j] = sum + (i === j && !isIntercept ? penalty : 0);
    }
  });
  const step = solvePositive(matrix, right);
  return {
    weights: step.subarray(0, size - 1).map((move, place) => move + (at?.weights[place] ?? 0)),
    intercept: (step[size - 1] ?? 0) + (at?.intercept ?? 0),
  };
}

/** Solves a symmetric positive definite system, of which the lower half is given, by Cholesky's decomposition. */
function solvePositive(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const cell = (i: number, j: number): number => matrix[i]?.[j] ?? 0;
  for (let i = 0; i < size; i++) {
    const line = matrix[i];
    if (line === undefined) continue;
    for (let j = 0; j <= i; j++) {
      let sum = line[j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (line[k] ?? 0) * cell(j, k);
      line[j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / cell(j, j);
    }
  }
  const solution = right.slice();
  for (let i = 0; i < size; i++) {
    let sum = solution[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= cell(i, k) * (solution[k] ?? 0);
    solution[i] = sum / cell(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = solution[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= cell(k, i) * (solution[k] ?? 0);
    solution[i] = sum / cell(i, i);
  }
  return solution;
}
