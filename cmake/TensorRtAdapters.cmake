# Modules for each major version of TensorRT whose headers are found, in TENSORRT_ROOT (one folder or
# several) or where the system has them:
#   colonnade_tensorrt_adapters(FOLDER)                       what builds plans
#   colonnade_tensorrt_module(NAME FOLDER INCLUDE SOURCE...)  one that the headers in INCLUDE are for,
#                                                             installed by
#   colonnade_install_module(NAME)
# Nothing else of the project needs the headers, and nothing needs the library before it's asked for a
# plan.
set(TENSORRT_ROOT "" CACHE STRING "Folders of TensorRT, whose include/ holds NvInfer.h and NvOnnxParser.h")

# The major version, also where it's a macro of another name (11: TRT_MAJOR_ENTERPRISE).
function(colonnade_tensorrt_major include result)
  file(STRINGS ${include}/NvInferVersion.h lines REGEX "define +(NV_TENSORRT_MAJOR|TRT_MAJOR_ENTERPRISE) +[0-9]+")
  string(REGEX MATCH "[0-9]+" major "${lines}")
  set(${result} "${major}" PARENT_SCOPE)
endfunction()

# MAJORS: those that are found. COLONNADE_TENSORRT_INCLUDE_<MAJOR>, in the caller's scope too: where.
function(colonnade_tensorrt_headers majors)
  set(found "")
  foreach(root IN LISTS TENSORRT_ROOT ITEMS "")
    unset(include CACHE)
    if(root)
      find_path(include NvOnnxParser.h PATHS ${root}/include ${root} NO_DEFAULT_PATH)
    else()
      find_path(include NvOnnxParser.h)
    endif()
    if(NOT include OR NOT EXISTS ${include}/NvInferVersion.h)
      if(root)
        message(WARNING "TENSORRT_ROOT: ${root} has no include/NvInfer.h beside NvOnnxParser.h")
      endif()
      continue()
    endif()
    colonnade_tensorrt_major(${include} major)
    if(major MATCHES "^(8|10|11)$" AND NOT major IN_LIST found)
      list(APPEND found ${major})
      set(COLONNADE_TENSORRT_INCLUDE_${major} ${include} PARENT_SCOPE)
    endif()
  endforeach()
  unset(include CACHE)
  set(${majors} "${found}" PARENT_SCOPE)
endfunction()

function(colonnade_use_tensorrt_headers target include)
  target_include_directories(${target} SYSTEM PRIVATE ${include})
  target_compile_options(${target} PRIVATE -Wno-deprecated-declarations)  # Old ones go by old names.
  find_path(COLONNADE_CUDA_INCLUDE cuda_runtime_api.h PATHS /usr/local/cuda/include)
  if(COLONNADE_CUDA_INCLUDE)
    target_include_directories(${target} SYSTEM PRIVATE ${COLONNADE_CUDA_INCLUDE})
  else()
    target_include_directories(${target} SYSTEM PRIVATE
      ${PROJECT_SOURCE_DIR}/src/tensorrt_adapter/without_cuda)
  endif()
endfunction()

function(colonnade_tensorrt_module name folder include)
  add_library(${name} MODULE ${ARGN})
  colonnade_use_tensorrt_headers(${name} ${include})
  target_link_libraries(${name} PRIVATE colonnade_options ${CMAKE_DL_LIBS})
  set_target_properties(${name} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${folder})
endfunction()

function(colonnade_install_module name)
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/colonnade)
endfunction()

function(colonnade_tensorrt_adapters folder)
  colonnade_tensorrt_headers(majors)
  foreach(major IN LISTS majors)
    set(include ${COLONNADE_TENSORRT_INCLUDE_${major}})
    colonnade_tensorrt_module(colonnade_tensorrt_${major} ${folder} ${include}
      ${PROJECT_SOURCE_DIR}/src/tensorrt_adapter/build.cpp
      ${PROJECT_SOURCE_DIR}/src/tensorrt_adapter/run.cpp
      ${PROJECT_SOURCE_DIR}/src/tensorrt_adapter/module.cpp)
    target_include_directories(colonnade_tensorrt_${major} PRIVATE ${PROJECT_SOURCE_DIR}/src)
    colonnade_install_module(colonnade_tensorrt_${major})
    message(STATUS "TensorRT ${major}: headers in ${include}")
  endforeach()
  if(NOT majors)
    message(STATUS "TensorRT: no headers found (TENSORRT_ROOT), so that plans can't be built; "
      "`colonnade convert` needs none")
  endif()
endfunction()
