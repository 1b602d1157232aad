# What Bazel's files say and this build must not say again: the version, the flags, the well-known types.

# The strings of the list `name` in a .bzl or BUILD file.
function(tern_read_list variable file name)
    set(path "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(READ "${path}" text)
    if(NOT "\n${text}" MATCHES "\n${name} = \\[([^]]*)\\]")
        message(FATAL_ERROR "${file} has no list ${name}")
    endif()
    string(REGEX MATCHALL "\"[^\"]*\"" strings "${CMAKE_MATCH_1}")
    string(REPLACE "\"" "" strings "${strings}")
    set(${variable} "${strings}" PARENT_SCOPE)
endfunction()

# The string or number `name`.
function(tern_read_value variable file name)
    set(path "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(READ "${path}" text)
    if(NOT "\n${text}" MATCHES "\n${name} = \"?([0-9]+)\"?\n")
        message(FATAL_ERROR "${file} has no value ${name}")
    endif()
    set(${variable} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

foreach(part IN ITEMS MAJOR MINOR PATCH SOVERSION)
    tern_read_value(${part} tools/bazel/version.bzl ${part})
endforeach()
set(VERSION ${MAJOR}.${MINOR}.${PATCH})
tern_read_list(COPTS tools/bazel/copts.bzl COPTS)
tern_read_list(WHOLE_COPTS tools/bazel/copts.bzl WHOLE_COPTS)
tern_read_list(LEAN_COPTS tools/bazel/copts.bzl _LEAN_COPTS)
tern_read_list(KNOWN_PROTOS rpc/wkt/BUILD _KNOWN)
