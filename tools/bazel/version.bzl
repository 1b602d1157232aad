"""The one place for Tern's version."""

MAJOR = 0
MINOR = 1
PATCH = 0

VERSION = "%d.%d.%d" % (MAJOR, MINOR, PATCH)

# The number in the soname: programs linked against one libtern.so.N run with every later one.
SOVERSION = "0"
