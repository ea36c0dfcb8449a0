"""Texts of refusals, under the old SDK's names."""

from __future__ import annotations
