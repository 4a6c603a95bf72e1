"""One evaluation of a predictions file by TFMA: the whole and each of its slices, with the intervals of its Poisson bootstrap. Argument: the Parquet file."""

import sys

import pandas
from google.protobuf import text_format
from tensorflow_model_analysis.api import model_eval_lib
from tensorflow_model_analysis.proto import config_pb2

frame = pandas.read_parquet(sys.argv[1])
data = pandas.DataFrame({"label": (frame["label"] == "true").astype(float), "prediction": frame["prediction"], "part": frame["slice.part"]})
config = text_format.Parse(
    """
    model_specs { label_key: "label" prediction_key: "prediction" }
    metrics_specs {
      metrics { class_name: "AUC" } metrics { class_name: "AUCPrecisionRecall" } metrics { class_name: "BinaryAccuracy" }
      metrics { class_name: "Precision" } metrics { class_name: "Recall" } metrics { class_name: "BinaryCrossEntropy" }
    }
    slicing_specs {} slicing_specs { feature_keys: "part" }
    options { compute_confidence_intervals { value: true } confidence_intervals { method: POISSON_BOOTSTRAP } }
    """,
    config_pb2.EvalConfig(),
)
result = model_eval_lib.analyze_raw_data(data, config)
print(len(result.slicing_metrics), "slices")
