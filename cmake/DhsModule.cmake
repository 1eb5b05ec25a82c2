# SPDX-License-Identifier: Apache-2.0
# dhs_module(NAME DEPENDS lower-module... LIBRARIES target...)
#   makes the static library dhs_NAME from every *.cc here and the test program
#   dhs_NAME_test from every *_test.cc here. Globbing is deliberate: no file can be forgotten.
function(dhs_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(NOT sources)
    return()
  endif()
  set(deps "")
  foreach(d IN LISTS ARG_DEPENDS)
    list(APPEND deps dhs_${d})
  endforeach()
  add_library(dhs_${name} STATIC ${sources})
  target_include_directories(dhs_${name} PUBLIC "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/src")
  target_link_libraries(dhs_${name} PUBLIC ${deps} ${ARG_LIBRARIES} PRIVATE dhs_flags)
  if(DHS_BUILD_TESTS AND tests)
    add_executable(dhs_${name}_test ${tests})
    target_include_directories(dhs_${name}_test PRIVATE "${CMAKE_SOURCE_DIR}")
    target_compile_definitions(dhs_${name}_test PRIVATE
      DHS_TEST_DATA_DIR="${CMAKE_SOURCE_DIR}/testing/data")
    target_link_libraries(dhs_${name}_test PRIVATE dhs_${name} dhs_testing dhs_flags
      GTest::gmock GTest::gtest GTest::gtest_main rapidcheck)
    add_test(NAME ${name} COMMAND dhs_${name}_test)
    # RapidCheck draws the same cases every time.
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "RC_PARAMS=seed=20240229")
  endif()
endfunction()
