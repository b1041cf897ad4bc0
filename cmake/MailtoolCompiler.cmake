# Warnings, hardening and sanitizers for every target of ours.

find_program(CCACHE ccache)
if(CCACHE AND NOT MAILTOOL_PCH AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(mailtool_flags INTERFACE)
target_compile_options(mailtool_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough)
# Aggregates with default members are meant to be filled in part.
target_compile_options(mailtool_flags INTERFACE -Wno-missing-field-initializers)
# g++ 12 sees overlaps in std::string that are not there (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(mailtool_flags INTERFACE -Wno-restrict)
endif()
if(MAILTOOL_WERROR)
  target_compile_options(mailtool_flags INTERFACE -Werror)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(mailtool_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS
    -ffunction-sections -fdata-sections)
  target_link_options(mailtool_flags INTERFACE -Wl,--gc-sections)
endif()
target_compile_options(mailtool_flags INTERFACE
  -fstack-protector-strong -fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(mailtool_flags INTERFACE -fcf-protection)
endif()
target_link_options(mailtool_flags INTERFACE
  -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed)

if(MAILTOOL_SANITIZE)
  target_compile_options(mailtool_flags INTERFACE
    -fsanitize=${MAILTOOL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(mailtool_flags INTERFACE -fsanitize=${MAILTOOL_SANITIZE})
endif()
if(MAILTOOL_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "MAILTOOL_FUZZ needs clang: cmake --preset fuzz")
  endif()
  target_compile_options(mailtool_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
