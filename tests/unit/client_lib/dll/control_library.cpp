// SPDX-License-Identifier: Apache-2.0
// Nothing but what the compiler puts into every DLL, its runtime included: what loading and unloading costs by itself.
#include <string>

extern "C" __declspec(dllexport) int control_library_works(int number) {
  return static_cast<int>(std::to_string(number).size());
}
