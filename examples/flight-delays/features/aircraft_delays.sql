-- How the same aircraft has kept to its timetable, after each of its arrivals: the last flight, and the mean of the last day.
WITH arrivals AS (
  SELECT tailnum, arrived_at, max(arr_delay) AS arr_delay
  FROM flights
  WHERE arrived_at IS NOT NULL AND tailnum IS NOT NULL
  GROUP BY tailnum, arrived_at
)
SELECT
  tailnum,
  arrived_at,
  arr_delay AS last_arr_delay,
  avg(arr_delay) OVER last_day AS mean_arr_delay,
  count(*) OVER last_day AS flights_flown
FROM arrivals
WINDOW last_day AS (PARTITION BY tailnum ORDER BY arrived_at RANGE BETWEEN INTERVAL 24 HOURS PRECEDING AND CURRENT ROW)
