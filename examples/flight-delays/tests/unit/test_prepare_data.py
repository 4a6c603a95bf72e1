import pandas as pd
import pytest

import prepare_data

ZONES = {"IAH": "America/Chicago", "LAX": "America/Los_Angeles", "SJU": "America/Puerto_Rico", "BOS": "America/New_York"}

FLIGHT = {
    "year": 2013,
    "month": 1,
    "day": 1,
    "dep_time": 517,
    "sched_dep_time": 515,
    "dep_delay": 2,
    "arr_time": 830,
    "sched_arr_time": 819,
    "arr_delay": 11,
    "carrier": "UA",
    "flight": 1545,
    "tailnum": "N14228",
    "origin": "EWR",
    "dest": "IAH",
    "air_time": 227,
    "distance": 1400,
    "hour": 5,
    "minute": 15,
    "time_hour": "2013-01-01T10:00:00Z",
}


def flights(*changes):
    """The package's rows: the flight above, changed once for each mapping."""
    return pd.DataFrame([{**FLIGHT, **change} for change in changes]).convert_dtypes()


def moments(**change):
    return prepare_data.with_moments(flights(change), ZONES).iloc[0]


def utc(text):
    return pd.Timestamp(text, tz="UTC")


def test_a_flight_gets_an_id_and_its_moments_in_utc():
    flight = moments()

    assert flight["flight_id"] == "2013-01-01-UA-1545-EWR"
    assert flight["sched_dep"] == utc("2013-01-01 10:15")
    assert flight["departed_at"] == utc("2013-01-01 10:17")
    assert flight["arrived_at"] == utc("2013-01-01 14:30")  # 8:30 in Houston


def test_in_summer_new_york_is_four_hours_behind():
    flight = moments(month=7, time_hour="2013-07-01T09:00:00Z")

    assert flight["sched_dep"] == utc("2013-07-01 09:15")
    assert flight["arrived_at"] == utc("2013-07-01 13:30")


def test_a_flight_into_the_night_of_the_change_to_summer_time_lands_by_the_new_clock():
    # Leaves at 23:30 in New York; at 2:00 the clocks of Boston go to 3:00, which is 7:00 UTC.
    flight = moments(dest="BOS", hour=23, minute=30, dep_delay=120, air_time=60, arr_time=350, time_hour="2013-03-10T04:00:00Z")

    assert flight["departed_at"] == utc("2013-03-10 06:30")
    assert flight["arrived_at"] == utc("2013-03-10 07:50")


def test_a_delay_past_midnight_moves_the_departure_to_the_next_day():
    flight = moments(hour=23, minute=59, dep_delay=61, dep_time=100, arr_time=430, time_hour="2013-01-02T04:00:00Z")

    assert flight["departed_at"] == utc("2013-01-02 06:00")
    assert flight["arrived_at"] == utc("2013-01-02 10:30")


@pytest.mark.parametrize("midnight", [0, 2400])
def test_midnight_may_be_written_0_or_2400(midnight):
    flight = moments(dest="SJU", arr_time=midnight, air_time=200, hour=19, minute=0, dep_delay=0, time_hour="2013-01-02T00:00:00Z")

    assert flight["arrived_at"] == utc("2013-01-02 04:00")  # midnight in San Juan


def test_a_cancelled_flight_never_departs_or_arrives():
    flight = moments(dep_time=None, dep_delay=None, arr_time=None, arr_delay=None, air_time=None)

    assert flight["sched_dep"] == utc("2013-01-01 10:15")
    assert pd.isna(flight["departed_at"])
    assert pd.isna(flight["arrived_at"])


def test_the_arrival_delay_of_a_diverted_flight_is_never_known():
    flight = moments(arr_delay=None)

    assert flight["departed_at"] == utc("2013-01-01 10:17")
    assert pd.isna(flight["arrived_at"])


def test_the_order_of_the_rows_is_that_of_schedule_and_id_whatever_came_in():
    table = flights({"flight": 2}, {"flight": 1}, {"minute": 0})

    ids = list(prepare_data.with_moments(table, ZONES)["flight_id"])

    assert ids == ["2013-01-01-UA-1545-EWR", "2013-01-01-UA-1-EWR", "2013-01-01-UA-2-EWR"]


def test_every_package_airport_that_lacks_a_zone_gets_one():
    airports = pd.DataFrame({"faa": ["IAH", "XXX"], "tzone": ["America/Chicago", None]})

    zones = prepare_data.airport_zones(airports)

    assert zones["IAH"] == "America/Chicago"
    assert zones["SJU"] == "America/Puerto_Rico"
    assert "XXX" not in zones


def test_the_hour_that_autumn_has_twice_gives_two_observations_and_no_duplicates():
    weather = pd.DataFrame(
        {
            "origin": ["EWR", "EWR", "EWR"],
            "year": 2013,
            "month": 11,
            "day": 3,
            "hour": 1,
            "temp": [50.0, 51.0, 51.0],
            "time_hour": ["2013-11-03T05:00:00Z", "2013-11-03T06:00:00Z", "2013-11-03T06:00:00Z"],
        }
    )

    table = prepare_data.with_publication(weather)

    assert list(table["observed_at"]) == [utc("2013-11-03 05:00"), utc("2013-11-03 06:00")]
    assert list(table["published_at"]) == [utc("2013-11-03 05:15"), utc("2013-11-03 06:15")]


def test_a_month_is_that_of_new_york(tmp_path):
    table = prepare_data.with_moments(flights({"hour": 23, "month": 8, "day": 31, "time_hour": "2013-09-01T03:00:00Z"}), ZONES)

    prepare_data.write_months(table, "sched_dep", ["2013-08", "2013-09"], tmp_path)

    rows = {path.stem: len(pd.read_parquet(path)) for path in tmp_path.iterdir()}
    assert rows == {"2013-08": 1, "2013-09": 0}


def test_a_file_with_the_same_content_is_left_as_it_is(tmp_path):
    path = tmp_path / "2013-01.parquet"
    table = prepare_data.with_moments(flights({}), ZONES)
    assert prepare_data.write_when_changed(table, path) == "written"
    before = path.stat()

    assert prepare_data.write_when_changed(table, path) == "unchanged"

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert prepare_data.write_when_changed(table.assign(distance=1), path) == "written"
    assert [file.name for file in tmp_path.iterdir()] == ["2013-01.parquet"]


@pytest.mark.parametrize(
    ("words", "months"),
    [(["2013-09"], ["2013-09"]), (["2013-01", "2013-03"], ["2013-01", "2013-02", "2013-03"]), (["2013-12", "2013-12"], ["2013-12"])],
)
def test_months_run_from_the_first_to_the_last(words, months):
    assert prepare_data.parse_months(words) == months


@pytest.mark.parametrize("words", [["2013-13"], ["2014-01"], ["2013-02", "2013-01"], ["2013-01", "2013-02", "2013-03"]])
def test_months_that_make_no_sense_are_refused(words):
    with pytest.raises(SystemExit, match="Cannot read the month"):
        prepare_data.parse_months(words)


def shown(at, *changes):
    table = prepare_data.with_moments(flights(*changes), ZONES)
    return prepare_data.flights_shown(table, utc(at)).set_index("flight_id")


def test_a_flight_is_shown_from_an_hour_before_its_scheduled_departure():
    flight = {"hour": 5, "minute": 15}

    assert list(shown("2013-01-01 09:14", flight).index) == []
    assert list(shown("2013-01-01 09:15", flight).index) == ["2013-01-01-UA-1545-EWR"]


def test_what_has_not_happened_yet_is_null():
    early, in_the_air, landed = (shown(at, {}).iloc[0] for at in ("2013-01-01 10:16", "2013-01-01 10:17", "2013-01-01 14:30"))

    assert early[["dep_time", "dep_delay", "departed_at", "arr_delay"]].isna().all()
    assert in_the_air["departed_at"] == utc("2013-01-01 10:17")
    assert in_the_air["dep_delay"] == 2
    assert in_the_air[["arr_time", "arr_delay", "air_time", "arrived_at"]].isna().all()
    assert landed["arr_delay"] == 11
    assert landed["distance"] == early["distance"] == 1400


def test_a_cancelled_flight_is_shown_like_one_that_has_not_left():
    cancelled = {"dep_time": None, "dep_delay": None, "arr_time": None, "arr_delay": None, "air_time": None, "flight": 2}

    table = shown("2013-01-01 10:16", {"flight": 1}, cancelled)

    times = ["dep_time", "dep_delay", "departed_at", "arr_time", "arr_delay", "arrived_at"]
    assert table.loc["2013-01-01-UA-2-EWR", times].isna().all()
    assert table.loc["2013-01-01-UA-1-EWR", times].isna().all()


def test_an_observation_is_shown_once_it_was_published():
    weather = pd.DataFrame({"origin": ["EWR", "EWR"], "time_hour": ["2013-10-01T04:00:00Z", "2013-10-01T05:00:00Z"]})
    table = prepare_data.with_publication(weather.assign(year=2013, month=10, day=1, hour=0, temp=50.0))

    seen = prepare_data.weather_shown(table, utc("2013-10-01 05:14"))

    assert list(seen["observed_at"]) == [utc("2013-10-01 04:00")]


def test_as_of_the_end_of_time_every_flight_that_arrived_is_whole():
    table = prepare_data.with_moments(flights({}, {"flight": 2, "minute": 30}), ZONES)

    pd.testing.assert_frame_equal(prepare_data.flights_shown(table, utc("2014-06-01")), table)


@pytest.mark.parametrize("text", ["2013-10-01", "2013-10-01T04:00:00", "soon"])
def test_a_moment_needs_an_offset(text):
    with pytest.raises(ValueError):
        prepare_data.parse_moment(text)


def test_a_moment_is_taken_to_utc():
    assert prepare_data.parse_moment("2013-10-01T00:00:00-04:00") == utc("2013-10-01 04:00")
