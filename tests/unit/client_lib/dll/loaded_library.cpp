// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/client_lib/dll/loaded_library.h"

#include <cstring>
#include <stdexcept>
#include <utility>

namespace plugbroker::client {

namespace {

HMODULE load() {
  HMODULE module = LoadLibraryW(L"plugbroker.dll");
  if (module == nullptr) throw std::runtime_error("plugbroker.dll: error " + std::to_string(GetLastError()));
  return module;
}

template <typename T>
const T* at(const char* base, DWORD offset) {
  return reinterpret_cast<const T*>(base + offset);
}

/// The place of the import's address in the module's table; null when it doesn't import it.
ULONGLONG* import_slot(HMODULE module, const char* name) {
  char* base = reinterpret_cast<char*>(module);
  const auto* dos = at<IMAGE_DOS_HEADER>(base, 0);
  const auto* nt = at<IMAGE_NT_HEADERS64>(base, static_cast<DWORD>(dos->e_lfanew));
  const auto& directory = nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  for (const auto* dll = at<IMAGE_IMPORT_DESCRIPTOR>(base, directory.VirtualAddress); dll->Name != 0; ++dll) {
    const auto* names = at<IMAGE_THUNK_DATA64>(base, dll->OriginalFirstThunk);
    auto* slots = reinterpret_cast<IMAGE_THUNK_DATA64*>(base + dll->FirstThunk);
    for (; names->u1.AddressOfData != 0; ++names, ++slots) {
      if (IMAGE_SNAP_BY_ORDINAL64(names->u1.Ordinal)) continue;
      const auto* by_name = at<IMAGE_IMPORT_BY_NAME>(base, static_cast<DWORD>(names->u1.AddressOfData));
      if (std::strcmp(reinterpret_cast<const char*>(by_name->Name), name) == 0) return &slots->u1.Function;
    }
  }
  return nullptr;
}

}  // namespace

LoadedLibrary::LoadedLibrary() : module_(load()) {}

void LoadedLibrary::unload() noexcept {
  if (HMODULE module = std::exchange(module_, nullptr)) FreeLibrary(module);
}

void* LoadedLibrary::replace(const char* name, void* replacement) {
  ULONGLONG* slot = import_slot(module_, name);
  if (slot == nullptr) throw std::runtime_error(std::string{"plugbroker.dll does not import "} + name);
  DWORD protection = 0;
  VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &protection);
  const ULONGLONG original = std::exchange(*slot, reinterpret_cast<ULONGLONG>(replacement));
  VirtualProtect(slot, sizeof *slot, protection, &protection);
  return reinterpret_cast<void*>(original);
}

plugbroker_client* LoadedLibrary::client_of(const std::string& pipe) const {
  plugbroker_client_options options = plugbroker_client_options_default();
  options.pipe_name = pipe.c_str();
  options.service_name = "PlugBrokerTestNoSuchService";
  options.trusted_owners = "current_user";
  plugbroker_client* client = nullptr;
  client_create(&options, &client);
  return client;
}

}  // namespace plugbroker::client
