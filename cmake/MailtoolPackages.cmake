# Finds every package, or says which Debian package to install.

function(mailtool_missing what debian_package)
  message(FATAL_ERROR
    "mailtool needs ${what}, which was not found.\n"
    "On Debian or Ubuntu: apt-get install ${debian_package}\n"
    "or, for everything at once: script/bootstrap")
endfunction()

find_package(PkgConfig QUIET)
if(NOT PKG_CONFIG_FOUND)
  mailtool_missing("pkg-config" pkg-config)
endif()

find_package(OpenSSL 3.0 QUIET)
if(NOT OPENSSL_FOUND)
  mailtool_missing("OpenSSL 3.0 or newer (TLS, SASL digests)" libssl-dev)
endif()

find_package(ZLIB 1.2 QUIET)
if(NOT ZLIB_FOUND)
  mailtool_missing("zlib (IMAP's COMPRESS)" zlib1g-dev)
endif()

find_package(CLI11 2.1 QUIET)
if(NOT CLI11_FOUND)
  mailtool_missing("CLI11 2.1 or newer (command line)" libcli11-dev)
endif()

# The header alone: its shared library would be one more to load at each start,
# so src/app/toml_library.cc compiles what it holds.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h)
if(NOT TOMLPLUSPLUS_INCLUDE_DIR)
  mailtool_missing("toml++ 3 (configuration file)" libtomlplusplus-dev)
endif()
add_library(mailtool_toml INTERFACE)
add_library(Mailtool::toml ALIAS mailtool_toml)
target_include_directories(mailtool_toml SYSTEM INTERFACE "${TOMLPLUSPLUS_INCLUDE_DIR}")
target_compile_definitions(mailtool_toml INTERFACE
  TOML_HEADER_ONLY=0 TOML_ENABLE_FORMATTERS=0)

# The header alone: src/app/media_type_by_content.cc loads the library when a
# file is attached whose name does not say what it is.
find_path(MAGIC_INCLUDE_DIR magic.h)
if(NOT MAGIC_INCLUDE_DIR)
  mailtool_missing("libmagic (types of attached files)" libmagic-dev)
endif()
add_library(mailtool_magic INTERFACE)
add_library(Mailtool::magic ALIAS mailtool_magic)
target_include_directories(mailtool_magic SYSTEM INTERFACE "${MAGIC_INCLUDE_DIR}")
target_link_libraries(mailtool_magic INTERFACE ${CMAKE_DL_LIBS})

foreach(row IN ITEMS
    "CARES|libcares>=1.18|c-ares 1.18 or newer (DNS)|libc-ares-dev"
    "IDN2|libidn2>=2.3|libidn2 (internationalised domain names)|libidn2-dev"
    "UTF8PROC|libutf8proc>=2.5|utf8proc (letters without regard to case, width of text on a terminal)|libutf8proc-dev")
  string(REPLACE "|" ";" row "${row}")
  list(GET row 0 name)
  list(GET row 1 module)
  list(GET row 2 what)
  list(GET row 3 debian_package)
  pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
  if(NOT ${name}_FOUND)
    mailtool_missing("${what}" ${debian_package})
  endif()
endforeach()

if(BUILD_TESTING)
  find_package(GTest 1.12 QUIET)
  if(NOT GTest_FOUND)
    mailtool_missing("GoogleTest 1.12 or newer (tests; -DBUILD_TESTING=OFF builds without)"
                     libgtest-dev)
  endif()
  find_package(nlohmann_json 3.9 QUIET)
  if(NOT nlohmann_json_FOUND)
    mailtool_missing("nlohmann/json (tests only; -DBUILD_TESTING=OFF builds without)"
                     nlohmann-json3-dev)
  endif()
endif()
