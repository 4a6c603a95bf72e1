SELECT id, moment, town, area, price FROM homes
