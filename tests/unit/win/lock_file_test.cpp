// SPDX-License-Identifier: Apache-2.0
#include "broker_core/win/lock_file.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <array>

#include "broker_core/win/random_bytes.h"
#include "broker_core/win/utf16.h"

namespace plugbroker::win {
namespace {

std::wstring unique_path() {
  std::array<wchar_t, MAX_PATH + 1> folder{};
  GetTempPathW(static_cast<DWORD>(folder.size()), folder.data());
  return folder.data() + random_name() + L".lock";
}

TEST(LockFile, RefusesASecondHolderAndSaysWhy) {
  const std::wstring path = unique_path();
  const auto first = LockFile::acquire(path);
  ASSERT_TRUE(first.ok()) << first.status().message;

  const auto second = LockFile::acquire(path);

  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code, StatusCode::already_exists);
  EXPECT_NE(second.status().message.find("another PlugBroker is running"), std::string::npos);
  EXPECT_NE(second.status().message.find(to_utf8(path)), std::string::npos);
}

TEST(LockFile, CanBeTakenAgainAfterItWasGivenUp) {
  const std::wstring path = unique_path();
  {
    ASSERT_TRUE(LockFile::acquire(path).ok());
  }

  EXPECT_TRUE(LockFile::acquire(path).ok());
}

TEST(LockFile, LeavesNoFileBehind) {
  const std::wstring path = unique_path();
  {
    ASSERT_TRUE(LockFile::acquire(path).ok());
  }

  EXPECT_EQ(GetFileAttributesW(path.c_str()), INVALID_FILE_ATTRIBUTES);
}

TEST(LockFile, NamesAFolderThatIsMissing) {
  const auto lock = LockFile::acquire(L"C:\\no such folder\\x.lock");

  ASSERT_FALSE(lock.ok());
  EXPECT_EQ(lock.status().code, StatusCode::not_found);
  EXPECT_NE(lock.status().message.find("C:\\no such folder\\x.lock"), std::string::npos);
}

TEST(LockFileName, IsTheSameForNamesThatWindowsTakesAsTheSame) {
  EXPECT_EQ(lock_file_name(L"\\\\.\\pipe\\PlugBroker"), L"plugbroker.lock");
  EXPECT_EQ(lock_file_name(L"\\\\.\\PIPE\\plugbroker"), L"plugbroker.lock");
  EXPECT_EQ(lock_file_name(L"\\\\.\\pipe\\Plug/Broker:1"), L"plug_broker_1.lock");
}

}  // namespace
}  // namespace plugbroker::win
