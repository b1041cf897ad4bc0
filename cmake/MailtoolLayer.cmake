# mailtool_layer(NAME USES layer... PACKAGES target... SOURCES file...)
#
# One static library a layer. It sees the layers it USES and those below them,
# and nothing else at link time; the lint "layers" holds the #includes to the
# same words. PACKAGES are linked privately: who uses the layer does not see
# their headers.
define_property(GLOBAL PROPERTY MAILTOOL_LAYERS)
define_property(GLOBAL PROPERTY MAILTOOL_LAYER_USES)

function(mailtool_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;PACKAGES;SOURCES")
  list(TRANSFORM arg_SOURCES PREPEND "${PROJECT_SOURCE_DIR}/src/${name}/")
  add_library(mailtool_${name} STATIC ${arg_SOURCES})
  target_include_directories(mailtool_${name} PUBLIC
    "${PROJECT_SOURCE_DIR}/include" PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(mailtool_${name} PRIVATE mailtool_flags ${arg_PACKAGES})
  foreach(used IN LISTS arg_USES)
    target_link_libraries(mailtool_${name} PUBLIC mailtool_${used})
  endforeach()
  mailtool_precompiled(mailtool_${name})
  mailtool_unity(mailtool_${name})

  # Each public header must compile alone: target all_verify_interface_header_sets.
  file(GLOB headers CONFIGURE_DEPENDS
       "${PROJECT_SOURCE_DIR}/include/mailtool/${name}/*.h")
  if(headers)
    target_sources(mailtool_${name} PUBLIC FILE_SET headers TYPE HEADERS
      BASE_DIRS "${PROJECT_SOURCE_DIR}/include" FILES ${headers})
    set_target_properties(mailtool_${name} PROPERTIES
      VERIFY_INTERFACE_HEADER_SETS ON)
  endif()

  set_property(GLOBAL APPEND PROPERTY MAILTOOL_LAYERS ${name})
  string(JOIN " " uses ${arg_USES})
  set_property(GLOBAL APPEND PROPERTY MAILTOOL_LAYER_USES "${name}: ${uses}")
endfunction()

# mailtool_test(NAME LAYERS layer... [PACKAGES target...] SOURCES file... [LABELS label...])
#
# One GoogleTest program. It links the layers named and no others.
function(mailtool_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LAYERS;PACKAGES;SOURCES;LABELS")
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_LAYERS PREPEND mailtool_)
  target_link_libraries(${name} PRIVATE
    mailtool_flags mailtool_test_support ${arg_LAYERS} ${arg_PACKAGES} GTest::gtest_main)
  target_include_directories(${name} PRIVATE
    "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src")
  target_compile_definitions(${name} PRIVATE
    MAILTOOL_TESTS="${PROJECT_SOURCE_DIR}/tests")
  target_compile_options(${name} PRIVATE ${MAILTOOL_TEST_FLAGS})
  mailtool_precompiled(${name} TESTS)
  mailtool_unity(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS "unit;${arg_LABELS}")
endfunction()
