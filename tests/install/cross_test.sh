#!/usr/bin/env bash
# Tern for another machine or with another libc: tools/cross, where it lies.
exec "$(dirname "$(realpath WORKSPACE)")/tools/cross" "$1"
