// SPDX-License-Identifier: Apache-2.0
// The control library, but each load keeps a handle and some memory for good.
#include <windows.h>

#include <string>

extern "C" __declspec(dllexport) int control_library_works(int number) {
  return static_cast<int>(std::to_string(number).size());
}

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID) {
  if (reason == DLL_PROCESS_ATTACH) {
    CreateEventW(nullptr, TRUE, FALSE, nullptr);
    HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 64 * 1024);
  }
  return TRUE;
}
