# SPDX-License-Identifier: Apache-2.0
# Finds Arrow C++: an installed ArrowConfig.cmake first, else the one in the pyarrow wheel.
# Inputs: Python3_EXECUTABLE or PYARROW_ROOT (the directory pyarrow/). Minimum: find_package(Arrow 26 REQUIRED).
# Targets: Arrow::arrow_shared ArrowCompute::arrow_compute_shared ArrowAcero::arrow_acero_shared
#          ArrowDataset::arrow_dataset_shared Parquet::parquet_shared and, in wheels >= 26, Arrow::arrow_s3_shared
#          (an empty INTERFACE target where S3 is inside libarrow, so users always link it).
set(_libs arrow arrow_compute parquet arrow_s3 arrow_acero arrow_dataset)
set(_tgt_arrow Arrow::arrow_shared)
set(_tgt_arrow_compute ArrowCompute::arrow_compute_shared)
set(_tgt_arrow_acero ArrowAcero::arrow_acero_shared)
set(_tgt_arrow_dataset ArrowDataset::arrow_dataset_shared)
set(_tgt_arrow_s3 Arrow::arrow_s3_shared)
set(_tgt_parquet Parquet::parquet_shared)
set(_dep_arrow_compute arrow)
set(_dep_arrow_s3 arrow)
set(_dep_parquet arrow)
set(_dep_arrow_acero arrow_compute)
set(_dep_arrow_dataset arrow_acero parquet)

if(NOT PYARROW_ROOT)
  find_package(Arrow ${Arrow_FIND_VERSION} CONFIG QUIET)
  if(Arrow_FOUND)
    foreach(p ArrowCompute Parquet ArrowAcero ArrowDataset)
      find_package(${p} CONFIG QUIET)
    endforeach()
    if(NOT TARGET Arrow::arrow_s3_shared)
      add_library(Arrow::arrow_s3_shared INTERFACE IMPORTED)
    endif()
    return()
  endif()
  find_package(Python3 COMPONENTS Interpreter QUIET)
  # find_spec does not import pyarrow: 0.05 s, and works where its libraries cannot be loaded
  execute_process(COMMAND "${Python3_EXECUTABLE}" -c
    "import importlib.util as u; print(u.find_spec('pyarrow').submodule_search_locations[0])"
    OUTPUT_VARIABLE PYARROW_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()

find_path(Arrow_INCLUDE_DIR arrow/api.h PATHS "${PYARROW_ROOT}/include" NO_DEFAULT_PATH)
if(Arrow_INCLUDE_DIR)
  file(STRINGS "${Arrow_INCLUDE_DIR}/arrow/util/config.h" _cfg REGEX "define ARROW_(VERSION_STRING|SO_VERSION) ")
  string(REGEX MATCH "VERSION_STRING \"([0-9.]+)\"" _ "${_cfg}")
  set(Arrow_VERSION "${CMAKE_MATCH_1}")
  string(REGEX MATCH "SO_VERSION \"([0-9]+)\"" _ "${_cfg}")
  set(_so "${CMAKE_MATCH_1}")
  set(Arrow_LIBRARY "${PYARROW_ROOT}/libarrow.so.${_so}")
  if(APPLE)
    set(Arrow_LIBRARY "${PYARROW_ROOT}/libarrow.${_so}.dylib")
  endif()
  if(NOT EXISTS "${Arrow_LIBRARY}")
    unset(Arrow_LIBRARY)
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Arrow REQUIRED_VARS Arrow_LIBRARY Arrow_INCLUDE_DIR VERSION_VAR Arrow_VERSION)

if(Arrow_FOUND AND NOT TARGET Arrow::arrow_shared)
  foreach(l IN LISTS _libs)
    string(REPLACE "libarrow." "lib${l}." _file "${Arrow_LIBRARY}")
    set(_t "${_tgt_${l}}")
    if(EXISTS "${_file}")
      add_library(${_t} SHARED IMPORTED)
      set_target_properties(${_t} PROPERTIES
        IMPORTED_LOCATION "${_file}"
        INTERFACE_INCLUDE_DIRECTORIES "${Arrow_INCLUDE_DIR}"
        INTERFACE_COMPILE_FEATURES cxx_std_20)
    else()  # older wheels: no separate libarrow_s3 / libarrow_compute
      add_library(${_t} INTERFACE IMPORTED)
    endif()
  endforeach()
  foreach(l IN LISTS _libs)
    foreach(d IN LISTS _dep_${l})
      set_property(TARGET ${_tgt_${l}} APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${_tgt_${d}})
    endforeach()
  endforeach()
endif()
