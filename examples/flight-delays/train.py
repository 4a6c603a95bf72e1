"""Trains the delay model and writes it as ONNX, with a report.

    python train.py

Texts and numbers may be missing: a missing text is "", a missing number is NaN, for this script and for whoever calls
the model. The same training set and parameters give the same bytes.
"""

import argparse
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # must be set before the library is loaded

import numpy as np
import onnxruntime
import pandas as pd
import yaml
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

OPSETS = {"": 17, "ai.onnx.ml": 3}

# Largest difference allowed between a probability of scikit-learn and of the ONNX model.
TOLERANCE = 1e-5


def main():
    options = parse_arguments(sys.argv[1:])
    params = yaml.safe_load(options.params.read_text())
    features, label = split_label(pd.read_parquet(options.train), params)
    pipeline = build_pipeline(features, params).fit(features, label)
    model = to_onnx(pipeline, features)
    difference = largest_difference(pipeline, model, features)
    if not difference <= TOLERANCE:
        sys.exit(f"Cannot use the ONNX model: it differs from scikit-learn by up to {difference:.2g}, more than {TOLERANCE:g}")
    write(options.model, model)
    report = describe(features, label, params, difference)
    write(options.report, (json.dumps(report, indent=2) + "\n").encode())
    print(f"{len(features):,} rows, {features.shape[1]} features, {len(model):,} bytes of ONNX, largest difference {difference:.1g}")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, default=Path("build/features/delay/train.parquet"))
    parser.add_argument("--params", type=Path, default=Path("params.yaml"))
    parser.add_argument("--model", type=Path, default=Path("models/delay.onnx"))
    parser.add_argument("--report", type=Path, default=Path("reports/train.json"))
    return parser.parse_args(arguments)


def split_label(table, params):
    """Features and label of the rows that have a label."""
    labelled = table[table[params["label"]].notna()]
    columns = [name for name in table.columns if name not in (params["id"], params["time"], params["label"])]
    return as_model_input(labelled[columns]), labelled[params["label"]].to_numpy(dtype=np.int64)


def as_model_input(table):
    """Texts without nulls and 32-bit numbers with NaN for a null: what ONNX tensors can hold.

    Numbers are rounded to 32 bits before the model sees them, so that the ONNX model takes the same branches.
    """
    return pd.DataFrame(
        {
            name: column.astype("float32") if is_number(column) else column.astype(object).where(column.notna(), "")
            for name, column in table.items()
        }
    )


def is_number(column):
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def build_pipeline(features, params):
    """Gradient boosting over category numbers. An unknown category is -1.

    The encoder is not replaced by the model's own `categorical_features`: that does not survive the conversion to ONNX.
    """
    texts = [name for name in features.columns if not is_number(features[name])]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.float32)
    boosting = HistGradientBoostingClassifier(
        max_iter=params["max_iter"],
        learning_rate=params["learning_rate"],
        max_leaf_nodes=params["max_leaf_nodes"],
        min_samples_leaf=params["min_samples_leaf"],
        random_state=params["random_state"],
        early_stopping=False,
    )
    return Pipeline([("columns", ColumnTransformer([("texts", encoder, texts)], remainder="passthrough")), ("boosting", boosting)])


def to_onnx(pipeline, features):
    """ONNX bytes: one [N, 1] input for each column; out come `label` [N] and `probabilities` [N, 2]."""
    inputs = [(name, FloatTensorType([None, 1]) if is_number(features[name]) else StringTensorType([None, 1])) for name in features.columns]
    boosting = pipeline.named_steps["boosting"]
    model = convert_sklearn(pipeline, "delay", inputs, target_opset=OPSETS, options={id(boosting): {"zipmap": False}})
    opsets = sorted(model.opset_import, key=lambda opset: opset.domain)
    del model.opset_import[:]
    model.opset_import.extend(opsets)
    return model.SerializeToString(deterministic=True)


def largest_difference(pipeline, model, features):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    tensors = {name: column.to_numpy().reshape(-1, 1) for name, column in features.items()}
    _, probabilities = session.run(["label", "probabilities"], tensors)
    return float(np.abs(probabilities - pipeline.predict_proba(features)).max())


def describe(features, label, params, difference):
    return {
        "rows": len(features),
        "positive": int(label.sum()),
        "features": list(features.columns),
        "params": params,
        "onnx": {"opsets": {domain or "ai.onnx": number for domain, number in OPSETS.items()}, "largest_difference": difference},
        "packages": {name: version(name) for name in ("numpy", "scikit-learn", "skl2onnx", "onnx", "onnxruntime")},
    }


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    main()
