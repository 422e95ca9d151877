// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/random_bytes.h"

#include <windows.h>
// bcrypt.h needs windows.h before it.
#include <bcrypt.h>

#include <array>

#include "broker_core/base/assert.h"

namespace plugbroker::win {

void fill_random(MutableByteView bytes) {
  const NTSTATUS status = BCryptGenRandom(nullptr, reinterpret_cast<PUCHAR>(bytes.data()),
                                          static_cast<ULONG>(bytes.size()), BCRYPT_USE_SYSTEM_PREFERRED_RNG);
  PLUGBROKER_ASSERT(status >= 0);
}

std::wstring random_name() {
  std::array<std::byte, 16> bytes{};
  fill_random(bytes);
  std::wstring name;
  for (const std::byte byte : bytes) {
    constexpr std::wstring_view digits = L"0123456789abcdef";
    const auto value = std::to_integer<unsigned>(byte);
    name += digits[value >> 4];
    name += digits[value & 15];
  }
  return name;
}

}  // namespace plugbroker::win
