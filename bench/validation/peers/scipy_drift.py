"""Kolmogorov-Smirnov and chi-square of each column of two Parquet files with SciPy, as one writes it by hand. `python scipy_drift.py REFERENCE CURRENT`"""

import json
import sys

import pandas
from scipy import stats

reference, current = (pandas.read_parquet(path).drop(columns=["at"]) for path in sys.argv[1:3])
drifted = 0
for name in reference:
    one, other = reference[name].dropna(), current[name].dropna()
    if pandas.api.types.is_numeric_dtype(one) and one.nunique() > 2 or name == "price":
        p = stats.ks_2samp(one.astype(float), other.astype(float), method="asymp").pvalue
    else:
        counts = pandas.concat([one.value_counts(), other.value_counts()], axis=1).fillna(0)
        p = stats.chi2_contingency(counts.T).pvalue
    drifted += p < 0.05
print(json.dumps({"drifted": int(drifted)}))
