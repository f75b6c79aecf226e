# caembed.cmake -- caembed_header(TARGET HOST... [FOLDER FOLDER] [FLAGS FLAG...]): the trust anchors of a target
#
#   include(caembed.cmake)
#   add_executable(firmware main.c)
#   caembed_header(firmware os.mbed.com mqtts://broker.example.com FOLDER ${CMAKE_CURRENT_SOURCE_DIR}/ca)
#
# Puts ssl_ca_pem.h on the target's include path, and adds the targets TARGET-ca (ask the servers again) and
# TARGET-ca-check (for CI: does what lies there still hold?). With FOLDER header and mbed_app.json are committed
# there: a build only makes them where the header is missing. Without it they are made in the build folder, and
# again when a file changes that the flags name (CMake 3.20 or later). Paths in FLAGS are absolute.

find_program(CAEMBED caembed REQUIRED)

function(caembed_header target)
  cmake_parse_arguments(arg "" "FOLDER" "FLAGS" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}-ca)
  set(depfile ${folder}/ssl_ca_pem.d)
  file(MAKE_DIRECTORY ${folder})
  if(arg_FOLDER)
    get_filename_component(folder ${arg_FOLDER} ABSOLUTE)
    file(MAKE_DIRECTORY ${folder})
  endif()
  set(header ${folder}/ssl_ca_pem.h)
  set(run ${CAEMBED} ${arg_FLAGS} -o ${header} -m ${folder}/mbed_app.json ${arg_UNPARSED_ARGUMENTS})
  set(depends)
  if(NOT arg_FOLDER AND NOT CMAKE_VERSION VERSION_LESS 3.20)
    set(depends DEPFILE ${depfile})
  endif()
  if(NOT arg_FOLDER OR NOT EXISTS ${header})
    add_custom_command(OUTPUT ${header}
      COMMAND ${run} --depfile ${depfile} COMMAND ${CMAKE_COMMAND} -E touch ${header}
      ${depends} COMMENT "Trust anchors of ${target}" VERBATIM)
  endif()
  add_custom_target(${target}-ca COMMAND ${run} VERBATIM)
  add_custom_target(${target}-ca-check COMMAND ${run} --check --retry 3 VERBATIM)
  if(NOT arg_FOLDER)
    add_dependencies(${target}-ca-check ${target}) # which makes what is to be checked
  endif()
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
