"""What sends, under the old SDK's name."""

from __future__ import annotations
