# Installs to a prefix of its own, and builds another program against it by
# CMake and by pkg-config, after the tree has been moved.
#
#   cmake -DBUILD=... -DWORK=... -DCXX=... -DFLAGS=... -DLIBDIR=... -P check.cmake
cmake_minimum_required(VERSION 3.25)

function(run what)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "COMMAND")
  execute_process(COMMAND ${arg_COMMAND} RESULT_VARIABLE status
                  OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what}: ${status}\n${out}\n${err}")
  endif()
  if(arg_OUTPUT)
    string(STRIP "${out}" out)
    set(${arg_OUTPUT} "${out}" PARENT_SCOPE)
  endif()
endfunction()

function(expect what value expected)
  if(NOT value STREQUAL expected)
    message(FATAL_ERROR "${what}: '${value}', not '${expected}'")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK}")
run("install" COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/first")
if(EXISTS "${WORK}/first/sbin/sendmail")
  message(FATAL_ERROR "sendmail is installed though nobody asked for it")
endif()
run("install as sendmail" COMMAND "${CMAKE_COMMAND}" --install "${BUILD}"
    --prefix "${WORK}/first" --component sendmail)
file(RENAME "${WORK}/first" "${WORK}/moved")
set(prefix "${WORK}/moved")

foreach(file IN ITEMS
    bin/mailtool include/mailtool/base/result.h
    ${LIBDIR}/libmailtool.a ${LIBDIR}/cmake/mailtool/mailtoolConfig.cmake
    ${LIBDIR}/pkgconfig/mailtool.pc
    share/man/man1/mailtool.1 share/man/man1/mailtool-send.1
    share/man/man5/mailtool.conf.5
    lib/systemd/user/mailtool-queue.service
    lib/systemd/user/mailtool-queue.timer
    share/bash-completion/completions/mailtool
    share/zsh/site-functions/_mailtool
    share/fish/vendor_completions.d/mailtool.fish)
  if(NOT EXISTS "${prefix}/${file}")
    message(FATAL_ERROR "not installed: ${file}")
  endif()
endforeach()
run("the installed program" COMMAND "${prefix}/bin/mailtool" --version)
foreach(link IN ITEMS sbin/sendmail bin/mailq bin/mail)
  run("${link}" COMMAND "${prefix}/${link}" --version)
endforeach()
set(ENV{XDG_STATE_HOME} "${WORK}/state")
run("mailq" COMMAND "${prefix}/bin/mailq" OUTPUT said)
expect("mailq says" "${said}" "Mail queue is empty")

set(source "${CMAKE_CURRENT_LIST_DIR}/consumer")
run("configure by CMake" COMMAND "${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${source}" -B "${WORK}/by-cmake"
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${CXX}"
  "-DCMAKE_CXX_FLAGS=${FLAGS}")
run("build by CMake" COMMAND "${CMAKE_COMMAND}" --build "${WORK}/by-cmake")
run("run by CMake" COMMAND "${WORK}/by-cmake/consumer" OUTPUT said)
expect("the program built by CMake says" "${said}" "bWFpbA==")

set(ENV{PKG_CONFIG_PATH} "${prefix}/${LIBDIR}/pkgconfig")
run("pkg-config" COMMAND pkg-config --cflags --libs mailtool OUTPUT words)
run("pkg-config --variable" COMMAND pkg-config --variable=prefix mailtool OUTPUT said)
file(REAL_PATH "${said}" said)
expect("the prefix of mailtool.pc" "${said}" "${prefix}")
separate_arguments(words UNIX_COMMAND "${words}")
separate_arguments(flags UNIX_COMMAND "${FLAGS}")
run("build by pkg-config" COMMAND "${CXX}" -std=c++20 ${flags}
  "${source}/consumer.cc" -o "${WORK}/by-pkg-config" ${words})
run("run by pkg-config" COMMAND "${WORK}/by-pkg-config" OUTPUT said)
expect("the program built by pkg-config says" "${said}" "bWFpbA==")
