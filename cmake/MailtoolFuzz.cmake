# mailtool_fuzz(NAME LAYERS layer... [PACKAGES target...] SOURCE file)
#
# A libFuzzer target in the fuzz preset. In all others fuzz_replay, one program
# for all targets, feeds it tests/fuzz/corpus/NAME: every past crash is a test
# for good.
function(mailtool_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SOURCE" "LAYERS;PACKAGES")
  list(TRANSFORM arg_LAYERS PREPEND mailtool_)
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  if(MAILTOOL_FUZZ)
    add_executable(${name} ${arg_SOURCE})
    target_link_libraries(${name} PRIVATE
      mailtool_flags mailtool_test_support ${arg_LAYERS} ${arg_PACKAGES})
    target_include_directories(${name} PRIVATE
      "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${name} COMMAND ${name} -runs=0 "${corpus}")
  else()
    cmake_path(ABSOLUTE_PATH arg_SOURCE)
    set_property(GLOBAL APPEND PROPERTY MAILTOOL_REPLAYED ${name})
    set_property(GLOBAL PROPERTY MAILTOOL_SOURCE_OF_${name} "${arg_SOURCE}")
    set_property(GLOBAL APPEND PROPERTY MAILTOOL_REPLAYED_USES ${arg_LAYERS} ${arg_PACKAGES})
    add_test(NAME ${name} COMMAND fuzz_replay ${name} "${corpus}")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
endfunction()

# mailtool_fuzz_replay()
#
# Once, after all mailtool_fuzz(). Each target's entry gets its target's name;
# files whose names cannot meet are compiled as one.
function(mailtool_fuzz_replay)
  if(MAILTOOL_FUZZ)
    return()
  endif()
  get_property(names GLOBAL PROPERTY MAILTOOL_REPLAYED)
  get_property(uses GLOBAL PROPERTY MAILTOOL_REPLAYED_USES)
  list(REMOVE_DUPLICATES uses)
  set(table "")
  add_executable(fuzz_replay "${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc")
  set(files "")
  foreach(name IN LISTS names)
    get_property(source GLOBAL PROPERTY MAILTOOL_SOURCE_OF_${name})
    list(APPEND files "${source}")
    string(APPEND table "TARGET(${name}, ${name}_input)\n")
  endforeach()
  mailtool_batches(batches ${files})
  foreach(name source batch IN ZIP_LISTS names files batches)
    string(APPEND text_${batch} "#define LLVMFuzzerTestOneInput ${name}_input\n"
      "#include \"${source}\"\n" "#undef LLVMFuzzerTestOneInput\n")
  endforeach()
  list(REMOVE_DUPLICATES batches)
  foreach(batch IN LISTS batches)
    set(source "${PROJECT_BINARY_DIR}/fuzz/fuzz_targets_${batch}.cc")
    file(CONFIGURE OUTPUT "${source}" CONTENT "${text_${batch}}" @ONLY)
    target_sources(fuzz_replay PRIVATE "${source}")
  endforeach()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/fuzz/fuzz_targets.inc" CONTENT "${table}" @ONLY)
  target_include_directories(fuzz_replay PRIVATE "${PROJECT_BINARY_DIR}/fuzz"
    "${PROJECT_SOURCE_DIR}/tests" "${PROJECT_SOURCE_DIR}/src")
  # What the precompiled headers of the tests are made with.
  target_link_libraries(fuzz_replay PRIVATE mailtool_flags mailtool_test_support ${uses} GTest::gtest)
  target_compile_options(fuzz_replay PRIVATE ${MAILTOOL_TEST_FLAGS}
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  mailtool_precompiled(fuzz_replay TESTS)
endfunction()
