-- How departures from the same airport have gone over the last three hours, after each of them. The window runs over the
-- moments flights really left, so what has not happened yet cannot be in it.
SELECT DISTINCT
  origin,
  departed_at,
  avg(dep_delay) OVER last_hours AS mean_dep_delay,
  avg(CAST(dep_delay > 15 AS INTEGER)) OVER last_hours AS share_late,
  count(*) OVER last_hours AS departures
FROM flights
WHERE departed_at IS NOT NULL
WINDOW last_hours AS (PARTITION BY origin ORDER BY departed_at RANGE BETWEEN INTERVAL 3 HOURS PRECEDING AND CURRENT ROW)
