# Every man page is clean mdoc.
#
#   cmake "-DPAGES=a;b" -P mandoc.cmake
cmake_minimum_required(VERSION 3.25)

find_program(MANDOC mandoc)
if(NOT MANDOC)
  message(FATAL_ERROR "mandoc is not installed: script/bootstrap --lab")
endif()
if(NOT PAGES)
  message(FATAL_ERROR "no man pages")
endif()
execute_process(COMMAND "${MANDOC}" -T lint -W warning ${PAGES}
  RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${out}")
endif()
