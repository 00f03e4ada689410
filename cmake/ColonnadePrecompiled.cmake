# COLONNADE_PCH: headers that most sources include are parsed once. A cold build takes a third less;
# ccache, where there is one, does better without.
find_program(CCACHE ccache)
if(CCACHE)
  set(pch_default OFF)
else()
  set(pch_default ON)
endif()
option(COLONNADE_PCH "Precompile common headers" ${pch_default})

set(precompiled_dir ${CMAKE_CURRENT_LIST_DIR})

# colonnade_precompile(NAME POSITION_INDEPENDENT [HEADERS header...] [LIBRARIES library...]): a set of
# precompiled headers for colonnade_use_precompiled(TARGET NAME). Both must be compiled with the same
# flags, and with those definitions of libraries that the headers look at.
function(colonnade_precompile name position_independent)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "HEADERS;LIBRARIES")
  if(NOT COLONNADE_PCH)
    return()
  endif()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ${position_independent})
  target_link_libraries(${name} PRIVATE colonnade_options fmt::fmt ${arg_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${precompiled_dir}/precompiled.hpp ${arg_HEADERS})
endfunction()

function(colonnade_use_precompiled target name)
  if(COLONNADE_PCH)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()
