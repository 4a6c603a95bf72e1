"""Judges repeats of cells with a tool's defaults: `python peers.py TOOL` takes lines of JSON with `file` and `repeats` (the first so many are judged),
and prints for each "answer " with a JSON list of the alarmed columns of each repeat."""

import json
import logging
import os
import sys
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
import pandas

tool = sys.argv[1]


def evidently(reference, current, names, classes):
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    definition = DataDefinition(categorical_columns=names) if classes else DataDefinition(numerical_columns=names)
    result = Report([DataDriftPreset()]).run(Dataset.from_pandas(current, data_definition=definition), Dataset.from_pandas(reference, data_definition=definition)).dict()
    alarms = []
    for metric in result["metrics"]:
        config = metric.get("config", {})
        if "column" in config and "threshold" in config:
            value, threshold = float(metric["value"]), float(config["threshold"])
            # p values alarm below their threshold, distances above
            if value < threshold if "p_value" in str(config.get("method")) else value >= threshold:
                alarms.append(config["column"])
    return alarms


def nannyml(reference, current, names, classes):
    import nannyml as nml

    chunks = len(reference) // len(current)
    if chunks < 5:
        return None
    calculator = nml.UnivariateDriftCalculator(column_names=names, chunk_size=len(current)).fit(reference)
    found = calculator.calculate(current).filter(period="analysis").to_df()
    return [name for name in names if found[name].xs("alert", axis=1, level=-1).to_numpy().any()]


def alibi(reference, current, names, classes):
    import numpy
    from alibi_detect.cd import TabularDrift

    if classes:
        codes = {name: {value: code for code, value in enumerate(sorted(set(reference[name]) | set(current[name])))} for name in names}
        reference, current = (frame.apply(lambda column: column.map(codes[column.name])) for frame in (reference, current))
        per_feature = {index: list(range(len(codes[name]))) for index, name in enumerate(names)}
    else:
        per_feature = None
    x, y = (frame.to_numpy(dtype=numpy.float32) for frame in (reference, current))
    # its default is 0.05 after Bonferroni for all features together
    detector = TabularDrift(x, p_val=0.05, categories_per_feature=per_feature)
    found = detector.predict(y, drift_type="batch")["data"]
    return [name for name, p in zip(names, found["p_val"]) if p < found["threshold"]]


judge = {"evidently": evidently, "nannyml": nannyml, "alibi-detect": alibi}[tool]
for line in sys.stdin:
    asked = json.loads(line)
    whole = pandas.read_parquet(asked["file"], filters=[("repeat", "<", asked["repeats"])])
    names = [name for name in whole if name.startswith("c")]
    classes = not pandas.api.types.is_numeric_dtype(whole[names[0]])
    said = []
    for repeat in range(asked["repeats"]):
        rows = whole[whole["repeat"] == repeat]
        reference, current = (rows[rows["side"] == side][names].reset_index(drop=True) for side in (0, 1))
        said.append(judge(reference, current, names, classes))
    print("answer " + json.dumps(said), flush=True)
