"""One evaluation of a predictions file by MLflow: the whole, and each of its slices. Argument: the Parquet file."""

import sys

import mlflow
import pandas

frame = pandas.read_parquet(sys.argv[1])
data = pandas.DataFrame({"target": (frame["label"] == "true").astype(int), "decision": (frame["prediction"] > 0.5).astype(int), "part": frame["slice.part"]})
mlflow.set_experiment("bench")


def evaluate(rows):
    with mlflow.start_run():
        return mlflow.models.evaluate(
            data=rows[["target", "decision"]], targets="target", predictions="decision", model_type="classifier", evaluator_config={"log_explainer": False}
        ).metrics


print("whole", evaluate(data)["f1_score"])
for part, rows in data.groupby("part"):
    print(part, evaluate(rows)["f1_score"])
