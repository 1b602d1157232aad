#!/usr/bin/env bash
# docs/architecture.svg shows the folders that there are.
if ! cmp docs/architecture.svg docs/architecture.drawn.svg; then
    echo "docs/architecture.svg is stale: tools/map draws it again"
    exit 1
fi
