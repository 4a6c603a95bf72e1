import { rowCount, type Sample } from '@tidegate/runtime';

/** How bad the prediction of each row is: the squared error of a probability, of several labels their mean, 1 for a wrong class, the absolute error of a number. */
export function rowLosses(sample: Sample): Float64Array {
  const { task, truth, prediction, labels = 1 } = sample;
  switch (task) {
    case 'binary':
      return truth.map((value, row) => (value - (prediction[row] ?? Number.NaN)) ** 2);
    case 'regression':
      return truth.map((value, row) => Math.abs(value - (prediction[row] ?? Number.NaN)));
    case 'multiclass':
      return truth.map((value, row) => Number(value !== prediction[row]));
    case 'multilabel':
      return Float64Array.from({ length: rowCount(sample) }, (_, row) => {
        let sum = 0;
        for (let cell = row * labels; cell < (row + 1) * labels; cell++)
          sum += ((truth[cell] ?? 0) - (prediction[cell] ?? Number.NaN)) ** 2;
        return sum / labels;
      });
  }
}
