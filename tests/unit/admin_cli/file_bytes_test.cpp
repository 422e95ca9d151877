// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/file_bytes.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/scratch_folder.h"

namespace plugbroker::admin_cli {
namespace {

TEST(FileBytes, ComeBackAsTheyWereWritten) {
  const test::ScratchFolder folder;
  const std::u8string name = (folder.path() / u8"ü.bin").u8string();
  const std::string path{name.begin(), name.end()};
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
