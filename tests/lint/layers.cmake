# The arrows between the layers, held against every #include.
#
#   cmake -DROOT=... -DLAYERS=layers.txt -P layers.cmake
#
# LAYERS has a line "name: used used" for each mailtool_layer(). A layer may
# include itself, what it uses and what those use. Packages, the environment
# and the wall clock belong to the layers named below.
cmake_minimum_required(VERSION 3.25)

# header regex | layers (or files) that may include it
set(package_rules
  "^(sys/socket|sys/un|netdb|netinet/.*|arpa/.*|ares.*)\\.h$|net"
  "^openssl/ssl.*\\.h$|net"
  "^openssl/(x509|bio).*\\.h$|net signing"
  "^openssl/.*\\.h$|sasl net signing"
  "^idn2\\.h$|net"
  "^utf8proc\\.h$|sasl mime app cli"
  "^zlib\\.h$|client"
  "^iconv\\.h$|mime"
  "^toml\\+\\+/.*$|app"
  "^CLI/.*$|src/cli/parse_line.cc"
  "^sys/ioctl\\.h$|app cli src/net/write_budget.cc"
  "^(iostream|termios\\.h)$|app cli")
# regex of a word | layers whose code may hold it
set(word_rules
  "getenv|app cli"
  "system_clock|app cli"
  "gettimeofday|app cli"
  "isatty|app cli"
  "std::cout|app cli")

set(wrong "")
macro(complain file what)
  string(APPEND wrong "${file}: ${what}\n")
endmacro()

# --- What each layer may see.
file(STRINGS "${LAYERS}" lines)
set(layers "")
foreach(line IN LISTS lines)
  string(REGEX MATCH "^([a-z0-9_]+): *(.*)$" found "${line}")
  list(APPEND layers "${CMAKE_MATCH_1}")
  string(REPLACE " " ";" uses_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}")
endforeach()
if(NOT layers)
  message(FATAL_ERROR "${LAYERS}: no layers")
endif()
foreach(layer IN LISTS layers)
  set(sees_${layer} ${layer})
  set(pending ${uses_${layer}})
  while(pending)
    list(POP_FRONT pending next)
    if(NOT next IN_LIST sees_${layer})
      list(APPEND sees_${layer} ${next})
      list(APPEND pending ${uses_${next}})
    endif()
  endwhile()
  if(layer IN_LIST uses_${layer})
    complain("src/CMakeLists.txt" "layer ${layer} uses itself")
  endif()
endforeach()

# --- One file: its layers, then, for the program itself, its packages.
function(check_includes file layer with_packages)
  file(STRINGS "${ROOT}/${file}" includes REGEX "^ *# *include")
  foreach(include IN LISTS includes)
    if(include MATCHES "\"(mailtool/)?([a-z0-9_]+)/[^\"]*\"")
      set(other ${CMAKE_MATCH_2})
      if(other IN_LIST layers AND NOT other IN_LIST sees_${layer})
        complain("${file}" "layer ${layer} may not use ${other}")
      endif()
    endif()
    if(NOT with_packages OR NOT include MATCHES "[<\"]([^>\"]+)[>\"]")
      continue()
    endif()
    set(header "${CMAKE_MATCH_1}")
    foreach(rule IN LISTS package_rules)
      string(REGEX MATCH "^(.*)\\|([^|]*)$" found "${rule}")
      set(allowed "${CMAKE_MATCH_2}")
      if(NOT header MATCHES "${CMAKE_MATCH_1}")
        continue()
      endif()
      string(REPLACE " " ";" allowed_list "${allowed}")
      if(NOT layer IN_LIST allowed_list AND NOT file IN_LIST allowed_list)
        complain("${file}" "only ${allowed} may include <${header}>")
      endif()
      break()
    endforeach()
  endforeach()
  set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

function(check_words file layer)
  file(READ "${ROOT}/${file}" text)
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  foreach(rule IN LISTS word_rules)
    string(REGEX MATCH "^(.*)\\|([^|]*)$" found "${rule}")
    string(REPLACE " " ";" allowed_list "${CMAKE_MATCH_2}")
    if(text MATCHES "${CMAKE_MATCH_1}" AND NOT layer IN_LIST allowed_list)
      string(REGEX MATCH "^(.*)\\|([^|]*)$" found "${rule}")
      complain("${file}" "only ${CMAKE_MATCH_2} may use ${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(wrong "${wrong}" PARENT_SCOPE)
endfunction()

set(checked 0)
foreach(layer IN LISTS layers)
  file(GLOB files RELATIVE "${ROOT}"
       "${ROOT}/src/${layer}/*.cc" "${ROOT}/src/${layer}/*.h"
       "${ROOT}/include/mailtool/${layer}/*.h")
  foreach(file IN LISTS files)
    check_includes("${file}" ${layer} TRUE)
    check_words("${file}" ${layer})
    math(EXPR checked "${checked} + 1")
  endforeach()
  # "unit/app" and "unit/app_config" both test app.
  file(GLOB tests RELATIVE "${ROOT}"
       "${ROOT}/tests/unit/${layer}/*.cc" "${ROOT}/tests/unit/${layer}_*/*.cc")
  foreach(file IN LISTS tests)
    check_includes("${file}" ${layer} FALSE)
  endforeach()
endforeach()

# A folder that is no layer has escaped the rules.
foreach(parent IN ITEMS src include/mailtool)
  file(GLOB folders RELATIVE "${ROOT}/${parent}" "${ROOT}/${parent}/*")
  foreach(folder IN LISTS folders)
    if(IS_DIRECTORY "${ROOT}/${parent}/${folder}" AND
       NOT folder IN_LIST layers AND NOT folder STREQUAL "decisions")
      complain("${parent}/${folder}" "no layer of src/CMakeLists.txt")
    endif()
  endforeach()
endforeach()

if(checked EQUAL 0)
  complain("${ROOT}" "no sources found")
endif()
if(wrong)
  message(FATAL_ERROR "${wrong}")
endif()
