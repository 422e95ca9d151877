// SPDX-License-Identifier: Apache-2.0
// What dotnet.exe does when it is given an app.dll: finds host\fxr\VERSION\hostfxr.dll beside itself and hands it the
// command line. For tests on systems without an installed .NET; dotnet.exe itself comes with installers only.
#include <windows.h>
// Needs windows.h before it.
#include <shellapi.h>

#include <cstdio>
#include <filesystem>
#include <vector>

namespace {

constexpr int no_runtime = 125;

using HostfxrMain = int(__cdecl*)(int count, const wchar_t** arguments, const wchar_t* host, const wchar_t* root,
                                  const wchar_t* app);

std::filesystem::path own_path() {
  std::vector<wchar_t> name(32'768);
  GetModuleFileNameW(nullptr, name.data(), static_cast<DWORD>(name.size()));
  return name.data();
}

/// The one version that there is.
std::filesystem::path hostfxr_below(const std::filesystem::path& root) {
  std::error_code error;
  for (const auto& version : std::filesystem::directory_iterator(root / "host" / "fxr", error)) {
    return version.path() / "hostfxr.dll";
  }
  return {};
}

}  // namespace

int main() {
  const std::filesystem::path self = own_path();
  const std::filesystem::path root = self.parent_path();
  const HMODULE hostfxr = LoadLibraryW(hostfxr_below(root).c_str());
  if (hostfxr == nullptr) {
    std::fprintf(stderr, "there is no host\\fxr\\VERSION\\hostfxr.dll beside this program\n");
    return no_runtime;
  }
  void* const entry = reinterpret_cast<void*>(GetProcAddress(hostfxr, "hostfxr_main_startupinfo"));
  int count = 0;
  auto** const arguments = const_cast<const wchar_t**>(CommandLineToArgvW(GetCommandLineW(), &count));
  const std::filesystem::path no_app = std::filesystem::path{self}.replace_extension(".dll");
  return reinterpret_cast<HostfxrMain>(entry)(count, arguments, self.c_str(), root.c_str(), no_app.c_str());
}
