-- One row for each flight, as of an hour before its scheduled departure: by then schedule and aircraft are known. Whether it
-- will be late is known when it has arrived; a flight that was cancelled or diverted has no label.
SELECT
  flight_id,
  sched_dep - INTERVAL 60 MINUTE AS as_of,
  origin,
  tailnum,
  carrier,
  dest,
  hour,
  isodow(make_date(year, month, day)) AS weekday,
  month,
  distance,
  arr_delay,
  CAST(arr_delay > 15 AS INTEGER) AS delayed,
  arrived_at
FROM flights
