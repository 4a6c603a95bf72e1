"""Says more than a pipe holds, and writes its output."""

for number in range(5_000):
    print(f"number {number}")
with open("numbers.txt", "w") as file:
    file.write("5000\n")
