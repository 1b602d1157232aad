# tern_library, tern_protos and tern_install: what tools/bazel/library.bzl, tern.bzl and install.bzl are to Bazel.

# Optimised as a whole, as there: by gcc, without a sanitizer, and where there is a python3 to put the archive together.
find_program(PYTHON3 python3)
set(can_be_whole OFF)
if(CMAKE_C_COMPILER_ID STREQUAL GNU AND PYTHON3 AND NOT CMAKE_C_FLAGS MATCHES "-fsanitize")
    set(can_be_whole ON)
endif()
option(TERN_WHOLE "optimise each library as a whole, by gcc's -flto" ${can_be_whole})

option(TERN_SHARED "shared libraries beside the archives" ON)

set(MANIFEST "")

# A line of the manifest that tools/install/install.sh goes by.
function(tern_install kind place file)
    set(MANIFEST "${MANIFEST}${kind} ${place} ${file}\n" PARENT_SCOPE)
endfunction()

# Installs files under a folder, by the names that they have behind `root`.
function(tern_install_files place root)
    foreach(file IN LISTS ARGN)
        file(RELATIVE_PATH name "${root}" "${file}")
        tern_install(data "${place}/${name}" "${file}")
    endforeach()
    set(MANIFEST "${MANIFEST}" PARENT_SCOPE)
endfunction()

# C for .proto files that are named from `root`, below the folder `out`; their paths without ".proto" follow. The
# variable becomes the sources.
function(tern_protos variable root out options)
    set(sources)
    set(headers)
    set(protos)
    set(ours)
    foreach(name IN LISTS ARGN)
        list(APPEND sources "${out}/${name}.tern.c")
        list(APPEND headers "${out}/${name}.tern.h")
        list(APPEND protos "${name}.proto")
        if(EXISTS "${root}/${name}.proto")  # else it is protobuf's own
            list(APPEND ours "${root}/${name}.proto")
        endif()
    endforeach()
    file(MAKE_DIRECTORY "${out}")
    add_custom_command(
        OUTPUT ${sources} ${headers}
        COMMAND "${PROTOC}" "--plugin=protoc-gen-tern=${PLUGIN}" ${options} "--tern_out=${out}" "-I${root}"
                "-I${CMAKE_CURRENT_SOURCE_DIR}/proto" -I/usr/include ${protos}
        DEPENDS ${PLUGIN_TARGET} ${ours}
        WORKING_DIRECTORY "${root}"
        VERBATIM)
    # Objects of their own, as with Bazel: nothing is gained by looking into tables.
    set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS -fno-lto)
    set_source_files_properties(${sources} ${headers} PROPERTIES GENERATED ON)
    set(${variable} "${sources}" PARENT_SCOPE)
endfunction()

# How the objects of a library are compiled: once for each of its two forms.
function(tern_compile target)
    target_include_directories(${target} PRIVATE
        "${CMAKE_CURRENT_SOURCE_DIR}/transport/include" "${CMAKE_CURRENT_BINARY_DIR}/transport/include"
        "${CMAKE_CURRENT_SOURCE_DIR}/rpc/include" ${arg_INCLUDES})
    target_compile_options(${target} PRIVATE
        "SHELL:-iquote \"${CMAKE_CURRENT_SOURCE_DIR}\"" "SHELL:-iquote \"${CMAKE_CURRENT_BINARY_DIR}\""
        "$<$<COMPILE_LANGUAGE:C>:${COPTS};${arg_COPTS}>")
    if(TERN_WHOLE)
        target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:C>:${WHOLE_COPTS};-flto>")
    endif()
endfunction()

# The archive, a member for each file; see tools/bazel/whole_archive.py.
function(tern_archive name)
    add_library(${name}-objects OBJECT ${arg_SOURCES})
    tern_compile(${name}-objects)
    set(archive "${CMAKE_CURRENT_BINARY_DIR}/lib${name}.a")
    set(tool "${CMAKE_CURRENT_SOURCE_DIR}/tools/bazel/whole_archive.py")
    if(TERN_WHOLE)
        add_custom_command(
            OUTPUT "${archive}"
            COMMAND "${CMAKE_COMMAND}" -E rm -f "${archive}"
            COMMAND "${PYTHON3}" -B "${tool}" "${CMAKE_C_COMPILER}" "${CMAKE_AR}" "${CMAKE_NM}" "${CMAKE_OBJCOPY}"
                    "${archive}" ${WHOLE_COPTS} -- "$<TARGET_OBJECTS:${name}-objects>"
            DEPENDS ${name}-objects "$<TARGET_OBJECTS:${name}-objects>" "${tool}"
            COMMAND_EXPAND_LISTS
            VERBATIM)
        add_custom_target(${name}-static ALL DEPENDS "${archive}")
    else()
        add_library(${name}-static STATIC "$<TARGET_OBJECTS:${name}-objects>")
        set_target_properties(${name}-static PROPERTIES OUTPUT_NAME ${name} LINKER_LANGUAGE C)
    endif()
    tern_install(data "lib/lib${name}.a" "${archive}")
    set(MANIFEST "${MANIFEST}" PARENT_SCOPE)
endfunction()

function(tern_shared name)
    set(symbols "${CMAKE_CURRENT_SOURCE_DIR}/tools/install/${name}.map")
    add_library(${name} SHARED ${arg_SOURCES})
    tern_compile(${name})
    # install.sh gives it its names.
    set_target_properties(${name} PROPERTIES NO_SONAME ON LINK_DEPENDS "${symbols}")
    target_link_options(${name} PRIVATE ${SHARED_LINKOPTS}
        "-Wl,-soname,lib${name}.so.${SOVERSION}" "-Wl,--version-script=${symbols}")
    if(TERN_WHOLE)
        target_link_options(${name} PRIVATE ${WHOLE_COPTS} -flto -flto-partition=one)
    endif()
    target_link_libraries(${name} PRIVATE ${arg_ON} ${arg_LIBRARIES})
    tern_install(library "lib/lib${name}.so" "$<TARGET_FILE:${name}>")
    set(MANIFEST "${MANIFEST}" PARENT_SCOPE)
endfunction()

# tern_library(<name> [ON <another>] [FOLDERS <folder>...] [LEAN <folder>...] [SOURCES <file>...] [COPTS <flag>...]
#              [INCLUDES <folder>...] [LIBRARIES <name>...])
#
# lib<name>.a and lib<name>.so, of all the code of the folders.
function(tern_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "ON" "FOLDERS;LEAN;SOURCES;COPTS;INCLUDES;LIBRARIES")
    foreach(folder IN LISTS arg_FOLDERS arg_LEAN)
        file(GLOB found CONFIGURE_DEPENDS "${folder}/*.c" "${folder}/*.S")
        list(APPEND arg_SOURCES ${found})
        if(TERN_WHOLE AND folder IN_LIST arg_LEAN)
            set_source_files_properties(${found} PROPERTIES COMPILE_OPTIONS "${LEAN_COPTS}")
        endif()
    endforeach()
    tern_archive(${name})
    if(TERN_SHARED)
        tern_shared(${name})
    endif()
    set(MANIFEST "${MANIFEST}" PARENT_SCOPE)
endfunction()
