import json

import numpy as np
import onnxruntime
import pandas as pd
import pytest

import train

PARAMS = {
    "id": "flight_id",
    "time": "as_of",
    "label": "delayed",
    "max_iter": 10,
    "learning_rate": 0.1,
    "max_leaf_nodes": 7,
    "min_samples_leaf": 20,
    "random_state": 1,
}


def training_set(rows=400):
    random = np.random.default_rng(2)
    delay = random.normal(10, 20, rows)
    return pd.DataFrame(
        {
            "flight_id": [f"flight {row}" for row in range(rows)],
            "as_of": pd.date_range("2013-01-01", periods=rows, freq="h", tz="UTC"),
            "carrier": random.choice(["UA", "B6", None], rows),
            "hour": random.integers(5, 23, rows),
            "origin_delays__mean_dep_delay": np.where(random.random(rows) < 0.2, np.nan, delay),
            "delayed": (delay + random.normal(0, 10, rows) > 15).astype(int),
        }
    )


@pytest.fixture(scope="module")
def features():
    return train.split_label(training_set(), PARAMS)[0]


@pytest.fixture(scope="module")
def pipeline():
    features, label = train.split_label(training_set(), PARAMS)
    return train.build_pipeline(features, PARAMS).fit(features, label)


def test_everything_but_id_time_and_label_is_a_feature():
    features, label = train.split_label(training_set(), PARAMS)

    assert list(features.columns) == ["carrier", "hour", "origin_delays__mean_dep_delay"]
    assert label.dtype == np.int64


def test_rows_without_a_label_do_not_train():
    table = training_set(4).assign(delayed=pd.array([1, None, 0, None], dtype="Int64"))

    features, label = train.split_label(table, PARAMS)

    assert list(label) == [1, 0]
    assert len(features) == 2


def test_a_missing_text_becomes_empty_and_a_missing_number_nan():
    table = pd.DataFrame({"carrier": ["UA", None], "hour": pd.array([5, None], dtype="Int64"), "late": pd.array([True, None], dtype="boolean")})

    model_input = train.as_model_input(table)

    assert list(model_input["carrier"]) == ["UA", ""]
    for name in ("hour", "late"):
        assert model_input[name].dtype == np.float32
        assert np.isnan(model_input[name].iloc[1])


def test_the_onnx_model_says_what_scikit_learn_says(pipeline, features):
    unusual = features.head(3).assign(carrier=["never seen", "", "UA"], hour=np.float32(np.nan))
    rows = pd.concat([features, unusual], ignore_index=True)

    model = train.to_onnx(pipeline, features)

    assert train.largest_difference(pipeline, model, rows) < train.TOLERANCE


def test_the_onnx_model_takes_one_column_of_rows_for_each_feature(pipeline, features):
    session = onnxruntime.InferenceSession(train.to_onnx(pipeline, features))

    inputs = [(tensor.name, tensor.type, tensor.shape[1:]) for tensor in session.get_inputs()]
    assert inputs == [
        ("carrier", "tensor(string)", [1]),
        ("hour", "tensor(float)", [1]),
        ("origin_delays__mean_dep_delay", "tensor(float)", [1]),
    ]
    assert [tensor.name for tensor in session.get_outputs()] == ["label", "probabilities"]


def test_a_difference_is_found(pipeline, features):
    other = train.build_pipeline(features, {**PARAMS, "max_iter": 1}).fit(features, features["hour"] > 12)

    assert train.largest_difference(other, train.to_onnx(pipeline, features), features) > train.TOLERANCE


def test_the_same_training_set_gives_the_same_files(tmp_path, monkeypatch, capsys):
    training_set().to_parquet(tmp_path / "train.parquet")
    (tmp_path / "params.yaml").write_text(json.dumps(PARAMS))

    def run(name):
        paths = {option: tmp_path / name / option for option in ("model", "report")}
        arguments = [f"--{option}={path}" for option, path in paths.items()]
        monkeypatch.setattr("sys.argv", ["train.py", f"--train={tmp_path}/train.parquet", f"--params={tmp_path}/params.yaml", *arguments])
        train.main()
        return {option: path.read_bytes() for option, path in paths.items()}

    assert run("first") == run("second")
    assert "400 rows, 3 features" in capsys.readouterr().out
