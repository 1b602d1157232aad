#!/bin/sh
# Fibers under valgrind: it must follow the switches between their stacks, and find nothing to say.
set -eu
ulimit -n 1024  # valgrind takes a few descriptors at the top for itself, which the leak check would see
exec valgrind -q --error-exitcode=1 --errors-for-leak-kinds=none "$1"
