# mailtool_unity(TARGET)
#
# With MAILTOOL_UNITY the files of a target are compiled several at a time, so
# that what they include is read once for all. cmake/unity_batches.py chooses
# files whose names cannot meet; a file means the same as it does alone.
function(mailtool_unity target)
  if(NOT MAILTOOL_UNITY)
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cc$")
  set(files "")
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    list(APPEND files "${source}")
  endforeach()
  execute_process(
    COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/cmake/unity_batches.py" 8
            "${PROJECT_SOURCE_DIR}" ${files}
    OUTPUT_VARIABLE batches COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" batches "${batches}")
  foreach(line IN LISTS batches)
    if(line MATCHES "^([0-9]+) (.*)$")
      set_source_files_properties("${CMAKE_MATCH_2}" PROPERTIES UNITY_GROUP b${CMAKE_MATCH_1})
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # Another word in a file may ask for other batches.
  get_property(watched DIRECTORY PROPERTY CMAKE_CONFIGURE_DEPENDS)
  list(APPEND watched ${files})
  list(REMOVE_DUPLICATES watched)
  set_property(DIRECTORY PROPERTY CMAKE_CONFIGURE_DEPENDS "${watched}")
  # A class in a file that another includes, as g++ sees it.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
