// SPDX-License-Identifier: Apache-2.0
// What happens when plugbroker.dll comes and goes: nothing, but that the compiler's runtime gives back what it keeps.
// Waits for nothing: the library's threads hold a reference to the module, so that there is none when it is unloaded.
#include <windows.h>

#if defined(__GLIBCXX__) || defined(__MINGW32__)
namespace __gnu_cxx {
/// Of libstdc++: frees the memory (73 KB) that it set aside for exceptions at the library's start.
void __freeres();
}  // namespace __gnu_cxx
#endif

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, LPVOID process_ends) {
#if defined(__GLIBCXX__) || defined(__MINGW32__)
  if (reason == DLL_PROCESS_DETACH && process_ends == nullptr) __gnu_cxx::__freeres();
#else
  static_cast<void>(reason);
  static_cast<void>(process_ends);
#endif
  return TRUE;
}
