"""The tables and blobs that are measured with, made from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

__all__ = ["CONTAINER", "make_data"]

CONTAINER = "bench"
_SCRIPTS = {
    "small.py": "def azureml_main(df):\n    return df.describe().reset_index(),\n",
    "figure.py": (
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\n\n\ndef azureml_main(df):\n"
        "    df.plot.scatter('a', 'b')\n    plt.savefig('figure.png')\n    plt.close('all')\n"
        "    return df.describe().reset_index(),\n"
    ),
    "large.py": "def azureml_main(df):\n    df['z'] = df['x'] * df['y']\n    return df,\n",
    "wide.py": (
        "import numpy as np\nimport pandas as pd\n\n\ndef azureml_main(df):\n"
        "    chance = np.random.default_rng(0)\n"
        "    return pd.DataFrame({f'c{i}': chance.random(8_000_000) for i in range(16)}),\n"
    ),
    "cold.py": (
        "import blobprep\n\nfor number in range(200):\n"
        "    source, output = f'az://bench/many/{number:04d}.csv', f'ours/cold/{number}/'\n"
        "    run = blobprep.run('small.py', source, output=output, overwrite=True)\n"
        "    assert run.status == 'succeeded', run.log\n"
    ),
    "pool.py": (
        "import sys\nimport blobprep\n\nwith blobprep.Pool(fresh=sys.argv[1] == 'fresh') as pool:\n"
        "    for number in range(200):\n"
        "        source, output = f'az://bench/many/{number:04d}.csv', f'ours/{sys.argv[1]}/{number}/'\n"
        "        run = pool.run('small.py', source, output=output, overwrite=True)\n"
        "        assert run.status == 'succeeded', run.log\n"
    ),
    "batch.py": (
        "import sys, time\nimport blobprep\n\n"
        "output = f'az://bench/ours-{time.time_ns()}/{{stem}}/'\n"
        "batch = blobprep.batch('batched.py', 'az://bench/batch/*.csv', output=output, engine=sys.argv[1])\n"
        "batch.raise_for_failure()\n"
    ),
    "batched.py": ("def azureml_main(frame):\n    frame['z'] = frame['x'] * 2 + frame['y']\n    return frame,\n"),
    "loop.py": (
        "import io, os\nimport pandas as pd\nfrom azure.storage.blob import BlobServiceClient\n"
        "from small import azureml_main\n\n"
        "service = BlobServiceClient.from_connection_string(os.environ['AZURE_STORAGE_CONNECTION_STRING'])\n"
        "for number in range(200):\n"
        "    blob = service.get_blob_client('bench', f'many/{number:04d}.csv')\n"
        "    (result,) = azureml_main(pd.read_csv(io.BytesIO(blob.download_blob().readall())))\n"
        "    folder = f'peers/many/{number}'\n    os.makedirs(folder, exist_ok=True)\n"
        "    result.to_parquet(folder + '/results.parquet')\n"
    ),
}


def make_data(folder: Path, works: Iterable[str], rows: int) -> None:
    """Write scripts, and below `account/` the blobs that the works need."""
    for name, text in _SCRIPTS.items():
        (folder / name).write_text(text)
    blobs = folder / "account" / CONTAINER
    blobs.mkdir(parents=True)
    needed = set("".join(work.partition("-")[0] for work in works))
    _small(blobs / "small.csv", seed=0)
    if needed & set("bcde"):
        _large(blobs / "large.csv", rows)
        _parquet(blobs)
    if "g" in needed:
        _repeated(blobs / "huge.csv", 4 * 1000**3)
    if "h" in needed:
        (blobs / "one.bin").write_bytes(random.Random(0).randbytes(1 << 20) * 1000)
        (blobs / "small").mkdir()
        for number in range(2000):
            (blobs / "small" / f"{number:05d}.bin").write_bytes(bytes(2000))
        listed = folder / "account" / "listed"
        listed.mkdir()
        for number in range(100_000):
            (listed / f"{number:06d}.csv").touch()
    if "i" in needed:
        (blobs / "many").mkdir()
        for number in range(200):
            _small(blobs / "many" / f"{number:04d}.csv", seed=number)
    if "k" in needed:
        (blobs / "batch").mkdir()
        for number in range(500):
            path = blobs / "batch" / f"{number:04d}.csv"
            if number < 10:
                _large(path, 15_000, seed=number)
            else:
                path.write_bytes((blobs / "batch" / f"{number % 10:04d}.csv").read_bytes())
    if "j" in needed:
        _pages(blobs / "pages.parquet", 1_000_000)


def _pages(path: Path, rows: int) -> None:
    """Write thirty columns: numbers with and without missing ones, whole numbers, times, categories, names."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet

    chance = np.random.default_rng(0)
    groups = pa.array([f"group {number}" for number in range(30)])
    columns = {}
    for place in range(5):
        absent = pa.array(chance.random(rows) < 0.05)
        columns |= {
            f"normal {place}": pa.array(chance.normal(place, 1 + place, rows), mask=absent.to_numpy(False)),
            f"skewed {place}": pa.array(chance.lognormal(0, 1, rows)),
            f"whole {place}": pa.array(chance.integers(0, 10 ** (place + 1), rows)),
            f"time {place}": pa.array(chance.integers(10**9, 15 * 10**8, rows)).cast(pa.timestamp("s")),
            f"group {place}": groups.take(pa.array(chance.integers(0, 30, rows), mask=absent.to_numpy(False))),
            f"name {place}": pa.array([f"customer {number}" for number in chance.integers(0, rows, rows).tolist()]),
        }
    pyarrow.parquet.write_table(pa.table(columns), path)


def _small(path: Path, *, seed: int) -> None:
    """Write 768 rows of nine columns."""
    chance = random.Random(seed)
    with path.open("w") as file:
        print(*"abcdefghi", sep=",", file=file)
        for _ in range(768):
            print(*(round(chance.random() * 100, 3) for _ in range(9)), sep=",", file=file)


def _large(path: Path, rows: int, *, seed: int = 0) -> None:
    """Write whole numbers, fractions, words, times, truth values and missing cells."""
    with path.open("w") as file:
        file.write("id,x,y,g,when,flag,maybe,name\n")
        chance = random.Random(seed)
        for start in range(0, rows, 100_000):
            file.write("".join(_row(chance) for _ in range(min(100_000, rows - start))))


def _row(chance: random.Random) -> str:
    return (
        f"{chance.randrange(10**9)},{chance.random():.6f},{chance.gauss(0, 50):.3f},g{chance.randrange(50)},"
        f"2024-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}T{chance.randrange(24):02d}:00:00,"
        f"{chance.choice(('true', 'false'))},{chance.choice(('', str(chance.randrange(100))))},"
        f"name {chance.randrange(9999)}\n"
    )


def _parquet(blobs: Path) -> None:
    """Write the large table as one Parquet file, and as 64."""
    import pyarrow.csv
    import pyarrow.parquet

    table = pyarrow.csv.read_csv(blobs / "large.csv")
    pyarrow.parquet.write_table(table, blobs / "large.parquet")
    (blobs / "parts").mkdir()
    rows = -(-table.num_rows // 64)
    for number in range(64):
        pyarrow.parquet.write_table(table.slice(number * rows, rows), blobs / "parts" / f"part-{number:03d}.parquet")


def _repeated(path: Path, size: int) -> None:
    """Write a CSV of at least `size` bytes; its block of rows is repeated."""
    chance = random.Random(0)
    block = "".join(_row(chance) for _ in range(100_000)).encode()
    with path.open("wb") as file:
        file.write(b"id,x,y,g,when,flag,maybe,name\n")
        for _ in range(-(-size // len(block))):
            file.write(block)
