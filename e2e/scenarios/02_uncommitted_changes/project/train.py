"""Fits price per square metre by quarter and writes it as a Python file with a predict function. Plain Python, no packages."""

import csv
from collections import defaultdict

total = defaultdict(lambda: [0.0, 0.0])
with open("houses.csv") as file:
    for row in csv.DictReader(file):
        sums = total[row["quarter"]]
        sums[0] += float(row["price"])
        sums[1] += float(row["area"])
rates = {quarter: price / area for quarter, (price, area) in sorted(total.items())}
with open("model.py", "w") as file:
    file.write(f"RATES = {rates!r}\n\n\ndef predict(rows):\n    return [RATES[row['quarter']] * row['area'] for row in rows]\n")
print(f"fitted {len(rates)} quarters")
