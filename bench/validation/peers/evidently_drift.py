"""Drift of a Parquet file against another with Evidently's defaults; says which columns drifted. `python evidently_drift.py REFERENCE CURRENT`"""

import json
import sys
import warnings

import pandas
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

warnings.filterwarnings("ignore")
reference, current = (pandas.read_parquet(path).drop(columns=["at"]) for path in sys.argv[1:3])
for frame in (reference, current):
    frame["price"] = frame["price"].astype(float)
    frame["flag"] = frame["flag"].astype(int)
text = [name for name in reference if not pandas.api.types.is_numeric_dtype(reference[name])]
definition = DataDefinition(categorical_columns=text, numerical_columns=[name for name in reference if name not in text])
result = Report([DataDriftPreset()]).run(
    Dataset.from_pandas(current, data_definition=definition), Dataset.from_pandas(reference, data_definition=definition)
).dict()
(count,) = [metric["value"]["count"] for metric in result["metrics"] if "DriftedColumnsCount" in str(metric.get("metric_name", metric.get("metric_id", "")))]
print(json.dumps({"drifted": count}))
