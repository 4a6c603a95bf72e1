import argparse
import json
from pathlib import Path

import pandas as pd
import pytest

import prepare_data
import replay
from test_prepare_data import ZONES, flights, utc

# Shown from 9:15 on, leaves at 10:17 and lands at 14:30, all UTC; the next one from 10:20 on, at 11:22 and 15:31.
ON_TIME = {"flight": 1}
LATE = {"flight": 2, "hour": 6, "minute": 20, "time_hour": "2013-01-01T11:00:00Z", "arr_time": 931, "arr_delay": 16}
CANCELLED = {"flight": 3, "tailnum": None, "dep_time": None, "dep_delay": None, "arr_time": None, "arr_delay": None, "air_time": None}


def write(folder, start="2013-01-01 08:00", end="2013-01-01 20:00", hours_a_day=None, seed=7):
    weather = pd.DataFrame({"origin": ["EWR"] * 3, "time_hour": [f"2013-01-01T{hour:02}:00:00Z" for hour in (9, 10, 11)]})
    weather = prepare_data.with_publication(weather.assign(year=2013, month=1, day=1, hour=0, temp=[39.0, None, 41.0]))
    table = prepare_data.with_moments(flights(ON_TIME, LATE, CANCELLED), ZONES)
    options = argparse.Namespace(start=utc(start), end=utc(end), hours_a_day=hours_a_day, seed=seed, out=Path(folder))
    assert replay.write_steps(table, weather, options) == len(read(folder))
    return {step["at"]: step for step in read(folder)}


def read(folder):
    return [json.loads(line) for line in (Path(folder) / "steps.jsonl").read_text().splitlines()]


def test_a_step_ends_every_hour_and_has_what_came_since_the_one_before(tmp_path):
    steps = write(tmp_path)

    assert list(steps)[:2] == ["2013-01-01T09:00:00Z", "2013-01-01T10:00:00Z"]
    assert len(steps) == 12
    assert [row["flight_id"] for row in steps["2013-01-01T10:00:00Z"]["requests"]] == ["2013-01-01-UA-1-EWR", "2013-01-01-UA-3-EWR"]
    assert [row["flight_id"] for row in steps["2013-01-01T11:00:00Z"]["requests"]] == ["2013-01-01-UA-2-EWR"]
    assert steps["2013-01-01T12:00:00Z"]["requests"] == []
    assert [row["observed_at"] for row in steps["2013-01-01T10:00:00Z"]["weather"]] == ["2013-01-01T09:00:00Z"]


def test_every_flight_is_asked_about_once_with_what_is_known_then(tmp_path):
    steps = write(tmp_path)

    asked = {request["flight_id"]: request["row"] for step in steps.values() for request in step["requests"]}
    assert len(asked) == sum(len(step["requests"]) for step in steps.values()) == 3
    assert asked["2013-01-01-UA-1-EWR"] == {
        "origin": "EWR",
        "tailnum": "N14228",
        "carrier": "UA",
        "dest": "IAH",
        "hour": 5,
        "weekday": 2,  # 1 January 2013 was a Tuesday
        "month": 1,
        "distance": 1400,
    }
    assert asked["2013-01-01-UA-3-EWR"]["tailnum"] is None


def test_a_step_shows_the_flights_as_the_source_did(tmp_path):
    steps = write(tmp_path)

    def delays(at):
        table = pd.read_parquet(tmp_path / steps[at]["flights"]["2013-01.parquet"]).set_index("flight_id")
        return {flight[14:15]: (row["dep_delay"], row["arr_delay"]) for flight, row in table.astype(object).where(table.notna(), None).iterrows()}

    assert delays("2013-01-01T10:00:00Z") == {"1": (None, None), "3": (None, None)}
    assert delays("2013-01-01T11:00:00Z") == {"1": (2, None), "2": (None, None), "3": (None, None)}
    assert delays("2013-01-01T16:00:00Z") == {"1": (2, 11), "2": (2, 16), "3": (None, None)}


def test_a_month_that_looks_as_before_is_not_written_again(tmp_path):
    steps = write(tmp_path)

    assert steps["2013-01-01T09:00:00Z"]["flights"] == {}
    assert steps["2013-01-01T17:00:00Z"]["flights"] == {}
    assert set(steps["2013-01-01T15:00:00Z"]["flights"]) == {"2013-01.parquet"}


def test_a_label_comes_a_day_after_landing_and_never_for_a_cancelled_flight(tmp_path):
    steps = write(tmp_path, end="2013-01-03 00:00")

    labels = [label for step in steps.values() for label in step["labels"]]
    assert labels == [
        {"flight_id": "2013-01-01-UA-1-EWR", "label": 0, "labelled_at": "2013-01-02T14:30:00Z"},
        {"flight_id": "2013-01-01-UA-2-EWR", "label": 1, "labelled_at": "2013-01-02T15:31:00Z"},
    ]
    assert steps["2013-01-02T15:00:00Z"]["labels"] == labels[:1]


def test_what_is_missing_is_null(tmp_path):
    steps = write(tmp_path)

    assert [row["temp"] for step in steps.values() for row in step["weather"]] == [39.0, None, 41.0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_drawn_hours_are_hours_in_which_a_flight_is_asked_about_and_data_stay_whole(tmp_path, seed):
    steps = write(tmp_path, end="2013-01-03 00:00", hours_a_day=1, seed=seed)

    (step,) = steps.values()
    assert step["at"] in ("2013-01-01T10:00:00Z", "2013-01-01T11:00:00Z")
    assert len(step["requests"]) > 0
    assert len(step["weather"]) == {"10": 1, "11": 2}[step["at"][11:13]]


def test_the_same_seed_draws_the_same_hours(tmp_path):
    assert write(tmp_path / "one", hours_a_day=2) == write(tmp_path / "two", hours_a_day=2)
