# Arrow C++ and Parquet, for the module that reads and writes such files: an installed CMake package if there is one,
# otherwise the libraries inside pyarrow's wheel. Sets RINGSCAN_ARROW, and with it the targets ringscan_arrow_library and
# ringscan_parquet_library; the build goes on without them. RINGSCAN_ARROW_PYTHON may have pyarrow, for tests.
#
#   ArrowWheel_ROOT_DIR  the wheel's pyarrow folder; otherwise the one of build/arrow, where scripts/setup puts it, or of
#                        Python3_EXECUTABLE
set(ENABLE_ARROW AUTO CACHE STRING "Read Parquet and Arrow files, and write Parquet: AUTO (if the libraries are found), ON or OFF")
set_property(CACHE ENABLE_ARROW PROPERTY STRINGS AUTO ON OFF)
set(RINGSCAN_ARROW FALSE)
if(ENABLE_ARROW STREQUAL "OFF")
  return()
endif()

function(ringscan_find_arrow_wheel)
  set(root "${ArrowWheel_ROOT_DIR}")
  foreach(python ${pythons})
    if(NOT root AND EXISTS ${python})
      execute_process(
        COMMAND ${python} -c "import importlib.util as u, os; s = u.find_spec('pyarrow'); print(os.path.dirname(s.origin) if s else '')"
        OUTPUT_VARIABLE root OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
  endforeach()
  set(config "${root}/include/arrow/util/config.h")
  if(NOT root OR NOT EXISTS "${config}")
    return()
  endif()
  # The wheel has its libraries under their sonames alone: libarrow.so.2600 for version 26.0.
  file(STRINGS "${config}" lines REGEX "define ARROW_VERSION_(MAJOR|MINOR) ")
  string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1;\\2" version "${lines}")
  list(GET version 0 major)
  list(GET version 1 minor)
  math(EXPR soname "100 * ${major} + ${minor}")
  foreach(part arrow parquet)
    set(library "${root}/lib${part}.so.${soname}")
    if(NOT EXISTS "${library}")
      return()
    endif()
    add_library(ringscan_${part}_library SHARED IMPORTED GLOBAL)
    set_target_properties(ringscan_${part}_library PROPERTIES
      IMPORTED_LOCATION "${library}"
      INTERFACE_INCLUDE_DIRECTORIES "${root}/include")
  endforeach()
  set_property(TARGET ringscan_parquet_library PROPERTY INTERFACE_LINK_LIBRARIES ringscan_arrow_library)
  message(STATUS "Arrow ${major}.${minor} from ${root}")
  set(RINGSCAN_ARROW TRUE PARENT_SCOPE)
endfunction()

find_package(Python3 QUIET COMPONENTS Interpreter)
set(pythons ${PROJECT_SOURCE_DIR}/build/arrow/bin/python ${Python3_EXECUTABLE})
foreach(python ${pythons})
  if(EXISTS ${python})
    set(RINGSCAN_ARROW_PYTHON ${python})
    break()
  endif()
endforeach()
if(NOT ArrowWheel_ROOT_DIR)
  find_package(Arrow CONFIG QUIET)
  find_package(Parquet CONFIG QUIET)
endif()
if(Arrow_FOUND AND Parquet_FOUND)
  add_library(ringscan_arrow_library ALIAS Arrow::arrow_shared)
  add_library(ringscan_parquet_library ALIAS Parquet::parquet_shared)
  set(RINGSCAN_ARROW TRUE)
else()
  ringscan_find_arrow_wheel()
endif()
if(ENABLE_ARROW STREQUAL "ON" AND NOT RINGSCAN_ARROW)
  message(FATAL_ERROR "ENABLE_ARROW=ON, but neither the CMake packages Arrow and Parquet nor pyarrow were found")
endif()
