#!/usr/bin/env bash
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/docs/limits_test.py
