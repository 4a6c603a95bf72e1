"""Writes what a span of time would have brought, hour by hour, for playing it again with a simulated clock.

    python replay.py --from 2013-10-01T04:00:00Z --to 2013-10-04T04:00:00Z --out build/replay
    python replay.py --from 2013-10-04T04:00:00Z --to 2013-12-01T05:00:00Z --hours-a-day 1 --out build/replay

The folder gets a file `steps.jsonl`, one line for each step, with the hour `at` which the step ends:

    flights     {"2013-10.parquet": FILE}: months that look different than a step before, each with a file of the folder that has
                it as the source shows it at `at`
    weather     rows of observations that were published since the step before
    requests    the flights that were an hour before their departure in the last hour: `flight_id`, and the `row` to ask with
    labels      what is known for certain since the step before, a day after landing: `flight_id`, `label`, `labelled_at`

With --hours-a-day the steps are hours drawn by --seed from those of each day in which a flight is asked about. Data and labels
stay whole; the flights of the other hours are not asked about.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import prepare_data

HOUR = pd.Timedelta(hours=1)

# A label counts from a day after landing.
LABELLED_AFTER = pd.Timedelta(days=1)

# What train.py learns to tell, as features/rows.sql has it.
LATE = 15

ASKED_WITH = ["origin", "tailnum", "carrier", "dest", "hour", "weekday", "month", "distance"]


def main():
    options = parse_arguments(sys.argv[1:])
    zones = prepare_data.airport_zones(prepare_data.read_table("airports.csv"))
    flights = prepare_data.with_moments(prepare_data.read_table("flights.csv.zip"), zones)
    weather = prepare_data.with_publication(prepare_data.read_table("weather.csv"))
    count = write_steps(flights, weather, options)
    print(f"{options.out / 'steps.jsonl'}  {count:,} steps")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="start", type=prepare_data.parse_moment, required=True, metavar="TIME")
    parser.add_argument("--to", dest="end", type=prepare_data.parse_moment, required=True, metavar="TIME")
    parser.add_argument("--hours-a-day", type=int, metavar="N", help="steps of each day; default: every hour")
    parser.add_argument("--seed", type=int, default=7, help="default: 7")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    return parser.parse_args(arguments)


def write_steps(flights, weather, options):
    """Writes the folder; returns the number of steps."""
    options.out.mkdir(parents=True, exist_ok=True)
    flights = flights.assign(as_of=flights["sched_dep"] - prepare_data.SHOWN_BEFORE)
    asked = requests(flights)
    known = labels(flights)
    months = by_month(flights)
    before = options.start
    moments = steps(asked, options)
    with open(options.out / "steps.jsonl", "w") as lines:
        for moment in moments:
            step = {
                "at": iso(moment),
                "flights": write_flights(months, before, moment, options.out),
                "weather": records(between(weather, "published_at", before, moment)),
                "requests": asked_in(asked, moment - HOUR, moment),
                "labels": records(between(known, "labelled_at", before, moment)),
            }
            lines.write(json.dumps(step, allow_nan=False) + "\n")
            before = moment
    return len(moments)


def steps(asked, options):
    """Every hour after the start, or some of each day, in order."""
    hours = pd.date_range(options.start, options.end, freq=HOUR, inclusive="right")
    if options.hours_a_day is None:
        return list(hours)
    busy = hours[hours.isin(asked["as_of"].dt.ceil(HOUR))]
    days = busy.tz_convert(prepare_data.NEW_YORK).strftime("%Y-%m-%d")
    random = np.random.default_rng(options.seed)
    drawn = [random.choice(group, min(options.hours_a_day, len(group)), replace=False) for group in busy.groupby(days).values()]
    return sorted(moment for group in drawn for moment in group)


def by_month(flights):
    """The flights of each month of the schedule in New York: name of its file → rows."""
    month = flights["sched_dep"].dt.tz_convert(prepare_data.NEW_YORK).dt.strftime("%Y-%m")
    return {f"{name}.parquet": part for name, part in flights.groupby(month)}


def write_flights(months, before, moment, folder):
    """Writes each month that looks different than at the step before: name in the data folder → file of the folder."""
    written = {}
    for name, flights in months.items():
        if has_changed(flights, before, moment):
            path = folder / f"{moment.strftime('%Y%m%dT%H%M%SZ')}-{name}"
            prepare_data.write_when_changed(prepare_data.flights_shown(flights, moment).drop(columns="as_of"), path)
            written[name] = path.name
    return written


def has_changed(flights, before, moment):
    """Whether a flight appeared, left or arrived in between."""
    return any(len(between(flights, time, before, moment)) > 0 for time in ("as_of", "departed_at", "arrived_at"))


def requests(flights):
    """What is asked about each flight an hour before its departure."""
    day = pd.to_datetime(flights[["year", "month", "day"]].astype("int64"))
    return flights.assign(weekday=day.dt.day_of_week + 1)[["flight_id", "as_of", *ASKED_WITH]]


def asked_in(asked, before, moment):
    part = records(between(asked, "as_of", before, moment))
    return [{"flight_id": row["flight_id"], "row": {name: row[name] for name in ASKED_WITH}} for row in part]


def labels(flights):
    """Whether each flight that landed was late, and from when on that counts. A cancelled or diverted one has no label."""
    landed = flights[flights["arrived_at"].notna()]
    return pd.DataFrame(
        {
            "flight_id": landed["flight_id"],
            "label": (landed["arr_delay"] > LATE).astype("int64"),
            "labelled_at": landed["arrived_at"] + LABELLED_AFTER,
        }
    )


def between(table, time, before, moment):
    return table[(table[time] > before) & (table[time] <= moment)]


def records(table):
    """The rows as JSON objects: moments as ISO 8601, what is missing as null."""
    return [{name: plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def plain(value):
    if pd.isna(value):
        return None
    return iso(value) if isinstance(value, pd.Timestamp) else value.item() if isinstance(value, np.generic) else value


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main()
