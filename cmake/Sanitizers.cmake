# COLONNADE_SANITIZE=address: AddressSanitizer and UndefinedBehaviorSanitizer; =thread: ThreadSanitizer.
# COLONNADE_FUZZ=ON (clang): the first, with the coverage that libFuzzer steers by, so that one build
# serves the fuzzers and the unit suite. A finding ends the process: nothing recovers.
if(COLONNADE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "COLONNADE_FUZZ needs clang (libFuzzer); configure with -DCMAKE_CXX_COMPILER=clang++")
  endif()
  set(COLONNADE_SANITIZE address)
endif()

set(sanitize_flags "")
if(COLONNADE_SANITIZE STREQUAL "address")
  # float-cast-overflow isn't part of `undefined`: 1e38 as an index is just what a hostile file holds.
  set(sanitize_flags -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all)
elseif(COLONNADE_SANITIZE STREQUAL "thread")
  set(sanitize_flags -fsanitize=thread)
elseif(COLONNADE_SANITIZE)
  message(FATAL_ERROR "COLONNADE_SANITIZE is address or thread, not '${COLONNADE_SANITIZE}'")
endif()
if(sanitize_flags)
  # -O1 and line tables: the cheapest build whose reports name file and line.
  set(CMAKE_BUILD_TYPE Sanitize CACHE STRING "" FORCE)
  set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")
  add_compile_options(${sanitize_flags} $<$<BOOL:${COLONNADE_FUZZ}>:-fsanitize=fuzzer-no-link>)
  add_link_options(${sanitize_flags})
endif()
