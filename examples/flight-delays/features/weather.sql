-- The weather at the origin. An observation counts from the moment it was published, not from the moment it was made.
SELECT origin, observed_at, published_at, temp, dewp, humid, wind_dir, wind_speed, wind_gust, precip, pressure, visib
FROM weather
