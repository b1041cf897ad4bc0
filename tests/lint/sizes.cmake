# A file is one idea: at most 400 lines.
#
#   cmake -DROOT=... -P sizes.cmake
cmake_minimum_required(VERSION 3.25)

set(limit 400)
# Tables of data, which do not get clearer by being cut.
set(allowed src/mime/charset_tables.h)

file(GLOB_RECURSE files RELATIVE "${ROOT}"
     "${ROOT}/src/*.cc" "${ROOT}/src/*.h" "${ROOT}/include/*.h")
list(REMOVE_ITEM files ${allowed})
set(wrong "")
foreach(file IN LISTS files)
  file(READ "${ROOT}/${file}" text)
  string(REGEX REPLACE "[^\n]" "" ends "${text}")
  string(LENGTH "${ends}" lines)
  if(lines GREATER limit)
    string(APPEND wrong "${file}: ${lines} lines, ${limit} at most\n")
  endif()
endforeach()
if(wrong)
  message(FATAL_ERROR "${wrong}")
endif()
