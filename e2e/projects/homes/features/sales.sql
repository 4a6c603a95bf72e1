SELECT town, moment, price AS last_price FROM homes
