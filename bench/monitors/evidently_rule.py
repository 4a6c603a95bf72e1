"""False alarms of Evidently's default rule on the replays of main.ts: rows of the same halves, drawn by seed.

    python evidently_rule.py train.parquet 100 200 2000 20000    # wants evidently 0.7.23, pandas 2, pyarrow
"""

import sys
import time
import warnings

import numpy
import pandas
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset

warnings.filterwarnings("ignore")
path, seeds, sizes = sys.argv[1], int(sys.argv[2]), [int(size) for size in sys.argv[3:]]
rows = pandas.read_parquet(path).drop(columns=["flight_id", "as_of", "delayed"])
side = numpy.random.default_rng(0).random(len(rows)) < 0.5
reference, others = rows[side], rows[~side]
text = [name for name in rows if not pandas.api.types.is_numeric_dtype(rows[name])]
definition = DataDefinition(categorical_columns=text, numerical_columns=[name for name in rows if name not in text])
known = Dataset.from_pandas(reference, data_definition=definition)

print(f"{len(rows.columns)} columns, reference of {len(reference)} rows, {seeds} seeds")
print("| rows | replays with a column that drifted | columns that drifted | CPU s a replay |\n|---|---|---|---|")
for size in sizes:
    drifted = []
    before = time.process_time()
    for seed in range(seeds):
        drawn = Dataset.from_pandas(others.sample(size, random_state=seed), data_definition=definition)
        result = Report([DataDriftPreset()]).run(drawn, known).dict()
        (count,) = [metric["value"]["count"] for metric in result["metrics"] if "DriftedColumnsCount" in str(metric.get("metric_name", metric.get("metric_id", "")))]
        drifted.append(count)
    cost = (time.process_time() - before) / seeds
    share = sum(drifted) / seeds / len(rows.columns)
    print(f"| {size} | {sum(count > 0 for count in drifted)} of {seeds} | {share:.1%} | {cost:.2f} |", flush=True)
