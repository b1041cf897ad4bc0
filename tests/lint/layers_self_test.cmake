# Proves that the lint "layers" can fail: a small tree, clean at first, then
# with one fault at a time.
#
#   cmake -DWORK=... -P layers_self_test.cmake
cmake_minimum_required(VERSION 3.25)

set(clean_smtp "#include \"mailtool/smtp/reply.h\"\n#include \"mailtool/base/error.h\"\n// getenv in a comment\n")

# lint(STATUS MESSAGE): 0, or the message that must come.
function(lint expected)
  execute_process(COMMAND "${CMAKE_COMMAND}" "-DROOT=${WORK}"
    "-DLAYERS=${WORK}/layers.txt" -P "${CMAKE_CURRENT_LIST_DIR}/layers.cmake"
    RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  string(REGEX REPLACE "[ \n]+" " " out "${out}")
  if(expected STREQUAL "")
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "a clean tree is refused: ${out}")
    endif()
    return()
  endif()
  string(FIND "${out}" "${expected}" at)
  if(status EQUAL 0 OR at EQUAL -1)
    message(FATAL_ERROR "not found: '${expected}'; the lint said ${status}: ${out}")
  endif()
endfunction()

function(write_tree)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/layers.txt" "base: \nsmtp: base\nnet: base\napp: smtp net\n")
  file(WRITE "${WORK}/include/mailtool/base/error.h" "#include <string>\n")
  file(WRITE "${WORK}/src/smtp/reply.cc" "${clean_smtp}")
  file(WRITE "${WORK}/src/net/dialer.cc" "#include <sys/socket.h>\n")
  file(WRITE "${WORK}/src/app/send.cc"
    "#include \"mailtool/base/error.h\"\n#include \"mailtool/net/dialer.h\"\nauto* home = getenv(\"HOME\");\n")
  file(WRITE "${WORK}/tests/unit/smtp/reply_test.cc" "${clean_smtp}")
endfunction()

# fault(FILE TEXT MESSAGE): the clean tree with TEXT in FILE.
function(fault file text message)
  write_tree()
  file(APPEND "${WORK}/${file}" "${text}\n")
  lint("${message}")
endfunction()

write_tree()
lint("")
fault(src/smtp/reply.cc "#include \"mailtool/net/dialer.h\""
      "src/smtp/reply.cc: layer smtp may not use net")
fault(src/smtp/reply.cc "#include \"app/send.h\""
      "src/smtp/reply.cc: layer smtp may not use app")
fault(include/mailtool/base/error.h "#include \"mailtool/smtp/reply.h\""
      "include/mailtool/base/error.h: layer base may not use smtp")
fault(tests/unit/smtp/reply_test.cc "#include \"mailtool/net/dialer.h\""
      "tests/unit/smtp/reply_test.cc: layer smtp may not use net")
fault(src/smtp/reply.cc "#include <sys/socket.h>"
      "src/smtp/reply.cc: only net may include <sys/socket.h>")
fault(src/app/send.cc "#include <openssl/ssl.h>"
      "src/app/send.cc: only net may include <openssl/ssl.h>")
fault(src/smtp/reply.cc "#include <openssl/evp.h>"
      "src/smtp/reply.cc: only sasl net signing may include <openssl/evp.h>")
fault(src/app/send.cc "#include <CLI/CLI.hpp>"
      "src/app/send.cc: only src/cli/parse_line.cc may include <CLI/CLI.hpp>")
fault(src/net/dialer.cc "auto* p = std::getenv(\"X\");"
      "src/net/dialer.cc: only app cli may use getenv")
fault(src/net/dialer.cc "std::chrono::system_clock::now();"
      "src/net/dialer.cc: only app cli may use system_clock")
fault(src/helpers/strings.cc "int x;"
      "src/helpers: no layer of src/CMakeLists.txt")
