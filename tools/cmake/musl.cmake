# Static programs with musl instead of glibc, by Debian's musl-tools. TERN_SYSROOT/usr has what Tern stands on, and the
# headers that musl has not: of the kernel, and <sys/queue.h>; docs/building.md.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER musl-gcc)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TERN_SYSROOT)

set(TERN_SYSROOT "" CACHE PATH "what Tern stands on, for the machine that is built for, below usr/")
set(TERN_SHARED OFF CACHE BOOL "Debian has no shared libraries for musl that ours could stand on")
set(CMAKE_C_STANDARD_INCLUDE_DIRECTORIES "${TERN_SYSROOT}/usr/include")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -L${TERN_SYSROOT}/usr/lib")
