"""Drift of a Parquet file against another with NannyML's univariate defaults; says how many columns have an alert. `python nannyml_drift.py REFERENCE CURRENT`"""

import json
import os
import sys

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
import nannyml
import pandas

reference, current = (pandas.read_parquet(path).drop(columns=["at"]) for path in sys.argv[1:3])
for frame in (reference, current):
    frame["price"] = frame["price"].astype(float)
names = list(reference.columns)
calculator = nannyml.UnivariateDriftCalculator(column_names=names, chunk_number=10).fit(reference)
found = calculator.calculate(current).filter(period="analysis").to_df()
alerts = [name for name in names if found[name].xs("alert", axis=1, level=-1).to_numpy().any()]
print(json.dumps({"drifted": len(alerts)}))
