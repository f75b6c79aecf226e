# caembed.cmake -- caembed_header(TARGET HOST... [FLAGS FLAG...]): the trust anchors of a target
#
#   include(caembed.cmake)
#   add_executable(firmware main.c)
#   caembed_header(firmware os.mbed.com mqtts://broker.example.com)
#
# Makes ssl_ca_pem.h and mbed_app.json in the build folder, puts that on the target's include path, and adds
# the targets TARGET-ca (ask the servers again) and TARGET-ca-check (for CI). The header is made again when a
# file changes that the flags name (CMake 3.20 or later).

find_program(CAEMBED caembed REQUIRED)

function(caembed_header target)
  cmake_parse_arguments(arg "" "" "FLAGS" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}-ca)
  file(MAKE_DIRECTORY ${folder})
  set(run ${CAEMBED} ${arg_FLAGS} -o ${folder}/ssl_ca_pem.h -m ${folder}/mbed_app.json ${arg_UNPARSED_ARGUMENTS})
  set(depfile)
  if(NOT CMAKE_VERSION VERSION_LESS 3.20)
    set(depfile DEPFILE ${folder}/ssl_ca_pem.d)
  endif()
  add_custom_command(OUTPUT ${folder}/ssl_ca_pem.h
    COMMAND ${run} --depfile ${folder}/ssl_ca_pem.d COMMAND ${CMAKE_COMMAND} -E touch ${folder}/ssl_ca_pem.h
    ${depfile} COMMENT "Trust anchors of ${target}" VERBATIM)
  add_custom_target(${target}-ca COMMAND ${run} VERBATIM)
  add_custom_target(${target}-ca-check COMMAND ${run} --check --retry 3 VERBATIM)
  target_sources(${target} PRIVATE ${folder}/ssl_ca_pem.h)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
