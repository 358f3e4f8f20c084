# pioneer_fuzz(NAME SOURCES … DEPENDS … LIBRARIES …): the libFuzzer program fuzz_NAME, in the preset `fuzz` only.
# Kept inputs stand in tests/fuzz/corpus/NAME; `ops/test fuzz` runs every program over them and for a while beyond.
function(pioneer_fuzz name)
  if(NOT PIONEER_FUZZ)
    return()
  endif()
  cmake_parse_arguments(F "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  pioneer_executable(fuzz_${name} LAYER tests SOURCES ${F_SOURCES} DEPENDS ${F_DEPENDS} LIBRARIES ${F_LIBRARIES} -fsanitize=fuzzer)
  set_property(GLOBAL APPEND PROPERTY PIONEER_FUZZ_TARGETS fuzz_${name})
endfunction()
