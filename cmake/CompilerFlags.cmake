# SPDX-License-Identifier: Apache-2.0
# plugbroker_flags: the flags of our own code (third-party code does not get them). Warnings are errors everywhere.
# The MSVC part is written down from Microsoft's documentation and has never been executed.

include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(PLUGBROKER_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize= (GCC and Clang)")

add_library(plugbroker_flags INTERFACE)

if(MSVC)
  target_compile_options(plugbroker_flags INTERFACE
    /W4 /WX /permissive- /utf-8 /Zc:__cplusplus /Zc:preprocessor /EHsc /guard:cf /sdl
    /w14242 /w14254 /w14263 /w14265 /w14287 /w14296 /w14311 /w14545 /w14546 /w14547 /w14549 /w14555 /w14640 /w14826
    /w14905 /w14906 /w14928)
  target_link_options(plugbroker_flags INTERFACE /GUARD:CF /HIGHENTROPYVA /DYNAMICBASE /NXCOMPAT)
else()
  target_compile_options(plugbroker_flags INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wconversion -Wsign-conversion -Wshadow -Wcast-align -Wcast-qual -Wformat=2
    -Wundef -Wvla -Wdouble-promotion
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wextra-semi>
    -fno-omit-frame-pointer
    # A designated initializer that leaves the other members at their defaults is wanted.
    -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(plugbroker_flags INTERFACE
      -Wduplicated-cond -Wlogical-op $<$<COMPILE_LANGUAGE:CXX>:-Wsuggest-override>)
  endif()
endif()

# What test sources get besides; native-debug has it anyway.
add_library(plugbroker_test_flags INTERFACE)
if(NOT MSVC)
  target_compile_options(plugbroker_test_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-O0>)
endif()

if(WIN32)
  # Windows 10 1809 is the oldest that is supported. Empty values, so that a source may define the same by itself;
  # the two without are spelled as Poco's package does, so that they aren't defined twice.
  target_compile_definitions(plugbroker_flags INTERFACE
    WIN32_LEAN_AND_MEAN= NOMINMAX= UNICODE _UNICODE _WIN32_WINNT=0x0A00 NTDDI_VERSION=0x0A000006)
endif()

if(MINGW)
  # What these linkers do by themselves, said all the same: tests/binaries reads it back. Neither compiler has CFG here.
  target_link_options(plugbroker_flags INTERFACE
    LINKER:--dynamicbase LINKER:--high-entropy-va LINKER:--nxcompat)
endif()

if(PLUGBROKER_SANITIZE)
  # On everything in the tree, so that no object is without; a finding ends the program.
  add_compile_options(-fsanitize=${PLUGBROKER_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PLUGBROKER_SANITIZE})
endif()
