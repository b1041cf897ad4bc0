# mailtool_precompiled(TARGET [TESTS])
#
# With MAILTOOL_PCH the standard headers that most files include are compiled
# once: for the layers, and with GoogleTest for its programs. No file may rely
# on it: without the option each includes what it uses. ccache cannot share
# objects between folders then, so the two exclude each other.
set(MAILTOOL_STANDARD_HEADERS
  <algorithm> <array> <chrono> <cstdint> <deque> <functional> <map> <memory>
  <optional> <span> <string> <string_view> <utility> <variant> <vector>)

# g++ 12 forgets with it that standard headers are the system's, and sees
# overruns in std::string that are not there.
if(MAILTOOL_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU"
   AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(mailtool_flags INTERFACE
    -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()

function(mailtool_precompiled target)
  if(NOT MAILTOOL_PCH)
    return()
  endif()
  if("TESTS" IN_LIST ARGN)
    if(TARGET mailtool_test_headers)
      target_precompile_headers(${target} REUSE_FROM mailtool_test_headers)
      return()
    endif()
    # A program, as those that use it are: -fPIE counts.
    file(WRITE "${PROJECT_BINARY_DIR}/test_headers.cc" "int main() {}\n")
    add_executable(mailtool_test_headers "${PROJECT_BINARY_DIR}/test_headers.cc")
    target_link_libraries(mailtool_test_headers PRIVATE mailtool_flags GTest::gtest)
    target_compile_options(mailtool_test_headers PRIVATE ${MAILTOOL_TEST_FLAGS})
    target_precompile_headers(mailtool_test_headers PRIVATE
      ${MAILTOOL_STANDARD_HEADERS} <gtest/gtest.h>)
    target_precompile_headers(${target} REUSE_FROM mailtool_test_headers)
  elseif(TARGET mailtool_base AND NOT target STREQUAL "mailtool_base")
    target_precompile_headers(${target} REUSE_FROM mailtool_base)
  else()
    target_precompile_headers(${target} PRIVATE ${MAILTOOL_STANDARD_HEADERS})
  endif()
endfunction()
