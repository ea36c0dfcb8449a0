"""Figures as tables, and ratios that are kept from one time to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.measuring import Figures

__all__ = ["print_comparison", "print_figures", "ratios", "record_ratios"]

_WORSE: Final = 1.05  # a ratio that grew by more than this is said
_LIMIT: Final = "local"


def print_figures(name: str, title: str, figures: Sequence[Figures]) -> None:
    """Print a work's figures: what each command took, and how blobprep stands to it."""
    print(f"\n{name}: {title}")
    print(f"  {'':28} {'median':>8} {'min–max':>13} {'cpu':>7} {'first':>7} {'largest':>7} {'tree':>7} {'ratio':>6}")
    ours = figures[0].median
    for row in figures:
        work = sorted(row.work)[len(row.work) // 2] if row.work else 0.0
        spread = f"{min(row.seconds):.2f}–{max(row.seconds):.2f}"
        memory = " ".join(f"{size / 1e6:6.0f}M" for size in (row.first, row.largest, row.tree))
        made = f" {row.made / 1e6:6.2f} MB" if row.made else ""
        print(f"  {row.name:28} {row.median:7.2f}s {spread:>13} {work:6.2f}s {memory} {ours / row.median:6.2f}{made}")


def ratios(measured: Mapping[str, Sequence[Figures]]) -> dict[str, dict[str, float]]:
    """Return for each work blobprep's wall time over that of each other command; below 1 it is the faster."""
    return {
        name: {row.name: round(figures[0].median / row.median, 3) for row in figures[1:]}
        for name, figures in measured.items()
    }


def print_comparison(measured: Mapping[str, Sequence[Figures]], path: Path) -> None:
    """Print the ratio to the best peer and to the limit, and what got worse since the ratios were recorded."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    print(f"\n{'work':12} {'best peer':>22} {'ratio':>7} {'limit':>7}")
    for name, found in ratios(measured).items():
        peers = {peer: ratio for peer, ratio in found.items() if peer != _LIMIT and not peer.startswith("blobprep")}
        best = max(peers, key=lambda peer: peers[peer]) if peers else ""
        limit = f"{found[_LIMIT]:7.2f}" if _LIMIT in found else ""
        print(f"{name:12} {best:>22} {peers.get(best, 0):7.2f} {limit}")
    for name, found in ratios(measured).items():
        for peer, ratio in found.items():
            before = kept.get(name, {}).get(peer)
            if before and ratio > before * _WORSE:
                print(f"worse: {name} against {peer}: {ratio:.2f}, was {before:.2f}")


def record_ratios(measured: Mapping[str, Sequence[Figures]], path: Path) -> None:
    """Keep the ratios of the works that were measured; those of others stay."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(kept | ratios(measured), indent=2, sort_keys=True) + "\n")
