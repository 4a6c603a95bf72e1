"""Trains the model that the argument names: python train.py NAME. What is trained on lies where Tidegate puts it."""

import os
import pickle
import sys

import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import make_column_transformer
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, PolynomialFeatures, StandardScaler

data, label = {
    "tumour": ("tumours", "diagnosis"),
    "wine": ("wines", "cultivar"),
    "progression": ("diabetes", "progression"),
    "digit": ("digits", "digit"),
    "passage": ("searches", "relevant"),
    "temperature": ("days", "temp"),
}[sys.argv[1]]

os.makedirs("models", exist_ok=True)
rows = pd.read_parquet(f"data/{data}.parquet").drop(columns=["id", "search"], errors="ignore")
truth = rows.pop(label)


def onnx(model, columns):
    """One input a column, so that the model says what it takes."""
    types = [(name, FloatTensorType([None, 1])) for name in columns]
    classifier = hasattr(model, "predict_proba")
    return to_onnx(model, initial_types=types, options={"zipmap": False} if classifier else None, target_opset={"": 17, "ai.onnx.ml": 3})


def save(model, columns):
    columns = list(columns)
    model = make_pipeline(make_column_transformer(("passthrough", columns)), model).fit(rows[columns], truth)
    with open(f"models/{sys.argv[1]}.onnx", "wb") as file:
        file.write(onnx(model, columns).SerializeToString())


if sys.argv[1] in ("tumour", "wine"):
    save(make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)), rows.columns)
elif sys.argv[1] == "progression":
    save(make_pipeline(StandardScaler(), LinearRegression()), rows.columns)
elif sys.argv[1] == "digit":
    save(RandomForestClassifier(60, random_state=1), rows.columns)
elif sys.argv[1] == "temperature":
    # lines and not trees: the last quarter is colder than most of what is trained on
    model = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), Ridge(10))
    save(model, [name for name in rows.columns if name not in ("origin", "date", "issued")])
else:
    # latent semantic analysis: each text becomes a point of few dimensions, and what is learned is which dimensions of two texts go together
    texts = pd.concat([rows["question"], rows["passage"]]).drop_duplicates()
    embedding = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english"), TruncatedSVD(24, random_state=1), Normalizer()).fit(texts)
    both = make_column_transformer((FrozenEstimator(embedding), "question"), (FrozenEstimator(embedding), "passage"))
    model = make_pipeline(both, PolynomialFeatures(interaction_only=True, include_bias=False), StandardScaler(), Ridge(alpha=1000)).fit(rows, truth)
    with open(f"models/{sys.argv[1]}.pkl", "wb") as file:
        pickle.dump(model, file)
