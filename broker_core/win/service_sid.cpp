// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/service_sid.h"

#include <windows.h>
// These need windows.h before them.
#include <bcrypt.h>
#include <sddl.h>

#include <array>
#include <memory>
#include <vector>

#include "broker_core/base/bytes.h"
#include "broker_core/win/token_information.h"
#include "broker_core/win/unique_handle.h"
#include "broker_core/win/utf16.h"
#include "broker_core/win/windows_error.h"

namespace plugbroker::win {
namespace {

constexpr std::size_t sha1_bytes = 20;

struct CloseAlgorithm {
  void operator()(void* handle) const noexcept { BCryptCloseAlgorithmProvider(handle, 0); }
};
struct DestroyHash {
  void operator()(void* handle) const noexcept { BCryptDestroyHash(handle); }
};

Status bcrypt_error(NTSTATUS status, std::string_view call) {
  return {StatusCode::internal, std::string(call) + ": NTSTATUS " + std::to_string(static_cast<unsigned long>(status))};
}

Result<std::array<std::byte, sha1_bytes>> sha1(const void* data, std::size_t size) {
  BCRYPT_ALG_HANDLE opened = nullptr;
  NTSTATUS status = BCryptOpenAlgorithmProvider(&opened, BCRYPT_SHA1_ALGORITHM, nullptr, 0);
  if (status < 0) return bcrypt_error(status, "BCryptOpenAlgorithmProvider SHA1");
  const std::unique_ptr<void, CloseAlgorithm> algorithm(opened);

  BCRYPT_HASH_HANDLE created = nullptr;
  status = BCryptCreateHash(algorithm.get(), &created, nullptr, 0, nullptr, 0, 0);
  if (status < 0) return bcrypt_error(status, "BCryptCreateHash");
  const std::unique_ptr<void, DestroyHash> hash(created);

  std::vector<UCHAR> input(size);
  if (size != 0) std::memcpy(input.data(), data, size);
  status = BCryptHashData(hash.get(), input.data(), static_cast<ULONG>(size), 0);
  if (status < 0) return bcrypt_error(status, "BCryptHashData");
  std::array<std::byte, sha1_bytes> digest{};
  status = BCryptFinishHash(hash.get(), reinterpret_cast<PUCHAR>(digest.data()), sha1_bytes, 0);
  if (status < 0) return bcrypt_error(status, "BCryptFinishHash");
  return digest;
}

}  // namespace

Result<std::string> service_sid(std::string_view service_name) {
  std::wstring name = to_utf16(service_name);
  const int length = static_cast<int>(name.size());
  const int mapped = LCMapStringEx(LOCALE_NAME_INVARIANT, LCMAP_UPPERCASE, name.data(), length, name.data(), length,
                                   nullptr, nullptr, 0);
  const DWORD error = GetLastError();
  if (mapped != length) return windows_error(error, "LCMapStringEx", service_name);
  const auto digest = sha1(name.data(), name.size() * sizeof(wchar_t));
  if (!digest.ok()) return digest.status();
  std::string sid = "S-1-5-80";
  for (std::size_t i = 0; i < sha1_bytes; i += 4) {
    sid.append("-").append(std::to_string(load_le<std::uint32_t>(digest->data() + i)));
  }
  return sid;
}

Result<std::string> own_user_sid() {
  const auto token = open_own_token(TOKEN_QUERY);
  if (!token.ok()) return token.status();
  return token_user_sid(token->get());
}

Result<bool> runs_at_high_integrity() {
  const auto token = open_own_token(TOKEN_QUERY);
  if (!token.ok()) return token.status();
  const auto level = token_integrity(token->get());
  if (!level.ok()) return level.status();
  return *level >= SECURITY_MANDATORY_HIGH_RID;
}

}  // namespace plugbroker::win
