#!/usr/bin/env bash
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=docs exec python3 tests/docs/architecture_test.py
