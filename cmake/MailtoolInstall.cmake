# cmake --install: the tool, and the core as a library for other programs.
#
#   bin/mailtool                    lib/libmailtool.a, lib/cmake/mailtool/
#   share/man/man{1,5}/             lib/pkgconfig/mailtool.pc
#   share/.../completions           include/mailtool/
#
# Nothing installed knows the prefix of the configuration, so that another
# --prefix, DESTDIR and a tree that is moved are all right.
include(CMakePackageConfigHelpers)

# --- The library: every layer below app in one archive, and what it links.

get_property(core_layers GLOBAL PROPERTY MAILTOOL_LAYERS)
list(REMOVE_ITEM core_layers app cli)
set(core_objects)
set(core_packages)
foreach(layer IN LISTS core_layers)
  list(APPEND core_objects $<TARGET_OBJECTS:mailtool_${layer}>)
  get_target_property(linked mailtool_${layer} LINK_LIBRARIES)
  list(FILTER linked INCLUDE REGEX "::")
  list(APPEND core_packages ${linked})
endforeach()
list(REMOVE_DUPLICATES core_packages)

add_library(libmailtool STATIC ${core_objects})
set_target_properties(libmailtool PROPERTIES
  OUTPUT_NAME mailtool EXPORT_NAME mailtool LINKER_LANGUAGE CXX)
target_compile_features(libmailtool INTERFACE cxx_std_20)
target_include_directories(libmailtool INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(libmailtool PRIVATE ${core_packages})

# What each package is called by CMake and by pkg-config.
set(config_lines)
set(pc_requires)
foreach(package IN LISTS core_packages)
  if(package MATCHES "^OpenSSL::(SSL|Crypto)$")
    string(TOLOWER "lib${CMAKE_MATCH_1}" module)
    list(APPEND config_lines "find_dependency(OpenSSL 3.0)")
  elseif(package STREQUAL "ZLIB::ZLIB")
    set(module zlib)
    list(APPEND config_lines "find_dependency(ZLIB)")
  elseif(package MATCHES "^PkgConfig::(.+)$")
    set(name ${CMAKE_MATCH_1})
    string(TOLOWER "lib${name}" module)
    list(APPEND config_lines
      "mailtool_find_module(${name} ${module})")
  else()
    message(FATAL_ERROR
      "cmake/MailtoolInstall.cmake does not know how a program that links "
      "libmailtool finds ${package}")
  endif()
  list(APPEND pc_requires ${module})
endforeach()
list(REMOVE_DUPLICATES config_lines)
string(JOIN "\n" MAILTOOL_DEPENDENCIES ${config_lines})
string(JOIN " " MAILTOOL_PC_REQUIRES ${pc_requires})

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/mailtool")
set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH MAILTOOL_PC_UP "/prefix/${pc_dir}" "/prefix")
string(REGEX REPLACE "/$" "" MAILTOOL_PC_UP "${MAILTOOL_PC_UP}")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/templates/mailtoolConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/mailtoolConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/mailtoolConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
configure_file("${PROJECT_SOURCE_DIR}/cmake/templates/mailtool.pc.in"
               "${PROJECT_BINARY_DIR}/mailtool.pc" @ONLY)

install(TARGETS libmailtool EXPORT mailtoolTargets COMPONENT dev
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(EXPORT mailtoolTargets NAMESPACE mailtool:: COMPONENT dev
  DESTINATION "${package_dir}")
install(FILES
    "${PROJECT_BINARY_DIR}/mailtoolConfig.cmake"
    "${PROJECT_BINARY_DIR}/mailtoolConfigVersion.cmake"
  DESTINATION "${package_dir}" COMPONENT dev)
install(FILES "${PROJECT_BINARY_DIR}/mailtool.pc"
  DESTINATION "${pc_dir}" COMPONENT dev)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/mailtool"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT dev
  FILES_MATCHING PATTERN "*.h")

# --- The tool.

install(TARGETS mailtool COMPONENT cli
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
foreach(section IN ITEMS 1 5)
  file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/man/*.${section}")
  install(FILES ${pages} COMPONENT cli
    DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()

set(completions "${PROJECT_SOURCE_DIR}/completions")
install(FILES "${completions}/mailtool.bash" RENAME mailtool COMPONENT cli
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${completions}/mailtool.fish" COMPONENT cli
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
# Debian's zsh looks for what packages bring in vendor-completions, and for
# what the administrator installs in site-functions.
install(CODE "
  set(folder site-functions)
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\" AND EXISTS /etc/debian_version)
    set(folder vendor-completions)
  endif()
  file(INSTALL \"${completions}/_mailtool\" DESTINATION
       \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${folder}\")"
  COMPONENT cli)

# A timer for the queue of each user who enables it.
install(FILES "${PROJECT_SOURCE_DIR}/systemd/mailtool-queue.service"
              "${PROJECT_SOURCE_DIR}/systemd/mailtool-queue.timer"
  DESTINATION lib/systemd/user COMPONENT cli)

# --- The names of other programs: only when asked for, by the option or by
# --component sendmail. A mail server that is installed has a sendmail of its
# own.

set(only_by_name EXCLUDE_FROM_ALL)
if(MAILTOOL_INSTALL_SENDMAIL)
  set(only_by_name)
endif()
foreach(link IN ITEMS
    "${CMAKE_INSTALL_SBINDIR}/sendmail" "${CMAKE_INSTALL_BINDIR}/mailq"
    "${CMAKE_INSTALL_BINDIR}/mail")
  get_filename_component(name "${link}" NAME)
  get_filename_component(folder "${link}" DIRECTORY)
  file(RELATIVE_PATH target
       "/prefix/${folder}" "/prefix/${CMAKE_INSTALL_BINDIR}/mailtool")
  install(CODE "
    set(prefix \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\")
    set(page \"\${prefix}/${CMAKE_INSTALL_MANDIR}/man1/${name}.1\")
    foreach(made IN ITEMS \"\${prefix}/${link}\" \"\${page}\")
      get_filename_component(folder \"\${made}\" DIRECTORY)
      file(MAKE_DIRECTORY \"\${folder}\")
    endforeach()
    file(CREATE_LINK \"${target}\" \"\${prefix}/${link}\" SYMBOLIC)
    file(CREATE_LINK mailtool-sendmail.1 \"\${page}\" SYMBOLIC)"
    COMPONENT sendmail ${only_by_name})
endforeach()
