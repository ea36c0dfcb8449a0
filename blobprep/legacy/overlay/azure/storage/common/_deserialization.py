"""Readers of answers, under the old SDK's names."""

from __future__ import annotations
