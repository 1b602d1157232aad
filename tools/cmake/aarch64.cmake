# For aarch64, by Debian's gcc-aarch64-linux-gnu. TERN_SYSROOT/usr has what Tern stands on, for aarch64; docs/building.md.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES TERN_SYSROOT)

set(TERN_SYSROOT "" CACHE PATH "what Tern stands on, for the machine that is built for, below usr/")
set(libraries "${TERN_SYSROOT}/usr/lib/aarch64-linux-gnu")
set(CMAKE_C_STANDARD_INCLUDE_DIRECTORIES "${TERN_SYSROOT}/usr/include" "${TERN_SYSROOT}/usr/include/aarch64-linux-gnu")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-L${libraries}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-L${libraries} -Wl,-rpath-link,${libraries}")
