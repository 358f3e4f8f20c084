# pioneer_python_test(NAME LABEL unit|integration|… FILES x_test.py … [ENVIRONMENT …]): unittest files, known to ctest as one test;
# ops/test counts their cases one by one.
function(pioneer_python_test name)
  cmake_parse_arguments(T "" "LABEL;TIMEOUT" "FILES;ENVIRONMENT" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 300)
  endif()
  list(TRANSFORM T_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  add_test(NAME ${name} COMMAND python3 ${CMAKE_SOURCE_DIR}/ops/python_tests.py ${T_FILES} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT}
                       ENVIRONMENT "PIONEER_TEST_NAME=${name};PYTHONDONTWRITEBYTECODE=1;${T_ENVIRONMENT}")
endfunction()
