# The flags that a user's strict build has; sourced by the tests.
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
strict_c="-std=c17 $strict -Wstrict-prototypes"
strict_cpp="-std=c++17 $strict"
includes="-Irpc/include -Irpc/wkt/include -Itransport/include"
