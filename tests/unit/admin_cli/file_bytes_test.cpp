// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/file_bytes.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace plugbroker::admin_cli {
namespace {

std::string temporary_file(const std::u8string& name) {
  const std::u8string path = (std::filesystem::temp_directory_path() / name).u8string();
  return {path.begin(), path.end()};
}

TEST(FileBytes, ComeBackAsTheyWereWritten) {
  const std::string path = temporary_file(u8"plugbroker_file_bytes_ü.bin");
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += static_cast<char>(i % 256);

  ASSERT_TRUE(write_bytes(path, "something longer before").ok());
  ASSERT_TRUE(write_bytes(path, bytes).ok());
  const Result<std::string> read = read_bytes(path);

  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(*read == bytes);
}

TEST(FileBytes, NameAFileThatIsNotThere) {
  EXPECT_EQ(read_bytes("no/such/file").status().message, "cannot open no/such/file");
  EXPECT_EQ(write_bytes("no/such/folder/file", "x").message, "cannot write no/such/folder/file");
}

}  // namespace
}  // namespace plugbroker::admin_cli
