"""A customer's month, and the day on which it is measured."""

from __future__ import annotations

MONDAY = "2025-03-10"
