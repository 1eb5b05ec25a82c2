# SPDX-License-Identifier: Apache-2.0
# Every outside library is found here and nowhere else.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
# The wheel's Arrow lives in .venv (made by scripts/setup); an installed Arrow is preferred.
if(NOT Python3_EXECUTABLE AND EXISTS "${CMAKE_SOURCE_DIR}/.venv/bin/python")
  set(Python3_EXECUTABLE "${CMAKE_SOURCE_DIR}/.venv/bin/python")
endif()
find_package(Arrow 21 REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(CAIRO REQUIRED cairo-svg cairo-png)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(CURL REQUIRED libcurl>=7.85)
if(DHS_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
  pkg_check_modules(CFITSIO REQUIRED IMPORTED_TARGET cfitsio)
  # Its pkg-config file asks for OpenMP, which nothing here calls.
  pkg_check_modules(HEALPIX REQUIRED healpix_cxx)
  add_library(Healpix::cxx INTERFACE IMPORTED)
  target_include_directories(Healpix::cxx SYSTEM INTERFACE ${HEALPIX_INCLUDE_DIRS})
  target_link_libraries(Healpix::cxx INTERFACE ${HEALPIX_LINK_LIBRARIES})
endif()

add_library(dhs_flags INTERFACE)
target_compile_options(dhs_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual -fno-math-errno -ffp-contract=off
  # g++ 12 sees an overlap in `"text" + std::string` when it inlines (GCC bug 105651): a false alarm.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-restrict>)
target_link_libraries(dhs_flags INTERFACE Threads::Threads)
if(DHS_SANITIZE)
  target_compile_options(dhs_flags INTERFACE -fsanitize=${DHS_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(dhs_flags INTERFACE -fsanitize=${DHS_SANITIZE})
endif()
if(DHS_COVERAGE)
  target_compile_options(dhs_flags INTERFACE --coverage -O0)
  target_link_options(dhs_flags INTERFACE --coverage)
endif()
