# pioneer_protobufs(NAME FILES x.proto …): a library of generated messages; includes read "domain/requests/requests.pb.h".
# Generated code is outside our warnings.
find_package(Protobuf REQUIRED)

function(pioneer_protobufs name)
  cmake_parse_arguments(P "" "" "FILES;DEPENDS" ${ARGN})
  pioneer_check_layers(${name} ${P_DEPENDS})
  set(out ${CMAKE_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(file ${P_FILES})
    cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE here)
    string(REGEX REPLACE "\\.proto$" "" stem ${here}/${file})
    add_custom_command(OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR} --cpp_out=${out} ${CMAKE_CURRENT_SOURCE_DIR}/${file}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file} VERBATIM)
    list(APPEND sources ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
  endforeach()
  add_library(${name} STATIC ${sources})
  add_custom_target(${name}_generated DEPENDS ${sources})
  set_property(GLOBAL APPEND PROPERTY PIONEER_GENERATED_TARGETS ${name}_generated)
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_compile_options(${name} PRIVATE -w)
  pioneer_common_headers(${name} library)
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${P_DEPENDS})
endfunction()
