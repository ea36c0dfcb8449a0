"""Make the page of a table, with blobprep and with what people use instead; each reads the same Parquet file.

`python pages.py MAKER TABLE PAGE`
"""

from __future__ import annotations

import sys
from pathlib import Path


def blobprep(table, page):
    """What a run does after its results are committed, and `show` with a file."""
    import pyarrow.parquet

    from blobprep.child.profile.table import profile_table
    from blobprep.protocol import Facts, decode_facts, encode_facts
    from blobprep.protocol.profiles import AskedProfile
    from blobprep.report.page import render_table

    profile = profile_table(pyarrow.parquet.read_table(table), AskedProfile())
    read = decode_facts(encode_facts(Facts(profiles={"results": profile})))  # as it comes from the child
    page.write_bytes(render_table(read.profiles["results"], title=table.name, source=str(table)))


def ydata_minimal(table, page):
    """Without correlations, interactions and samples, as its documentation recommends for large tables."""
    import pandas as pd
    from ydata_profiling import ProfileReport

    ProfileReport(pd.read_parquet(table), minimal=True, progress_bar=False).to_file(page, silent=True)


def ydata_full(table, page):
    """As it is without options."""
    import pandas as pd
    from ydata_profiling import ProfileReport

    ProfileReport(pd.read_parquet(table), progress_bar=False).to_file(page, silent=True)


def skrub(table, page):
    """A `TableReport` as it is without options, which leaves out the plots of more than 30 columns."""
    import pandas as pd
    from skrub import TableReport

    TableReport(pd.read_parquet(table), verbose=0).write_html(page)


MAKERS = {"blobprep": blobprep, "ydata_minimal": ydata_minimal, "ydata_full": ydata_full, "skrub": skrub}

if __name__ == "__main__":
    MAKERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
