# mailtool_batches(RESULT FILE...)
#
# A number for each file: files of one number can be compiled as one.
# cmake/unity_batches.py chooses those whose names cannot meet, so that a file
# means the same as it does alone.
function(mailtool_batches result)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  execute_process(
    COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/cmake/unity_batches.py" 16
            "${PROJECT_SOURCE_DIR}" ${ARGN}
    OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" lines "${lines}")
  foreach(line IN LISTS lines)
    if(line MATCHES "^([0-9]+) (.*)$")
      set("batch_of_${CMAKE_MATCH_2}" ${CMAKE_MATCH_1})
    endif()
  endforeach()
  set(batches "")
  foreach(file IN LISTS ARGN)
    list(APPEND batches "${batch_of_${file}}")
  endforeach()
  set(${result} "${batches}" PARENT_SCOPE)
  # Another word in a file may ask for other batches.
  get_property(watched DIRECTORY PROPERTY CMAKE_CONFIGURE_DEPENDS)
  list(APPEND watched ${ARGN} "${PROJECT_SOURCE_DIR}/cmake/unity_batches.py")
  list(REMOVE_DUPLICATES watched)
  set_property(DIRECTORY PROPERTY CMAKE_CONFIGURE_DEPENDS "${watched}")
endfunction()

# mailtool_unity(TARGET)
#
# With MAILTOOL_UNITY the files of a target are compiled several at a time, so
# that what they include is read once for all.
function(mailtool_unity target)
  if(NOT MAILTOOL_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cc$")
  set(files "")
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    list(APPEND files "${source}")
  endforeach()
  mailtool_batches(batches ${files})
  foreach(file batch IN ZIP_LISTS files batches)
    set_source_files_properties("${file}" PROPERTIES UNITY_GROUP b${batch})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A class in a file that another includes, as g++ sees it.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
