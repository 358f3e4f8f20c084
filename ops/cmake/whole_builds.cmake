# Builds that compile everything (CMakePresets.json) read the standard headers once for all and a library's files several at a time: half of
# the time of a compilation goes into what they all include. `dev` and clang-tidy do neither, so that a .cpp that forgets an include is
# found there, and one file that changed is one that is compiled.
# A library whose flags differ from the others' (vips) does without.
set(CMAKE_PCH_WARN_INVALID OFF)
option(PIONEER_WHOLE_BUILD "Compile what belongs together at once" OFF)

set(PIONEER_COMMON_HEADERS <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstring> <deque> <expected>
  <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <unordered_map>
  <utility> <variant> <vector> <google/protobuf/message.h>)

# pioneer_common_headers(TARGET KIND): KIND is library or test; each has its headers compiled once, with the flags of its kind.
function(pioneer_common_headers target kind)
  if(NOT PIONEER_WHOLE_BUILD)
    return()
  endif()
  set(shared pioneer_common_headers_${kind})
  if(NOT TARGET ${shared})
    set(unit ${CMAKE_BINARY_DIR}/common_headers/${kind}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "// for ${kind}\n")
    add_library(${shared} OBJECT ${unit})
    target_compile_options(${shared} PRIVATE ${PIONEER_WARNINGS})
    target_precompile_headers(${shared} PRIVATE ${PIONEER_COMMON_HEADERS})
    if(kind STREQUAL test)
      target_compile_options(${shared} PRIVATE -fno-sanitize=undefined)
      target_link_libraries(${shared} PRIVATE GTest::gmock)
      target_precompile_headers(${shared} PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${shared})
  # g++ says it of std::string itself once it comes from there.
  target_compile_options(${target} PRIVATE -Wno-stringop-overread -Wno-stringop-overflow)
endfunction()

# Libraries of whose coroutines g++ warns then (beast), or whose files have names of their own that are alike: never compiled together.
set(PIONEER_FILES_APART adapters_beast adapters_kafka)

function(pioneer_files_together target)
  if(PIONEER_WHOLE_BUILD AND NOT target IN_LIST PIONEER_FILES_APART)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()
