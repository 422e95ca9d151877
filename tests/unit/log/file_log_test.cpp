// SPDX-License-Identifier: Apache-2.0
#include "broker_core/log/file_log.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "broker_core/log/console_log.h"
#include "tests/scratch_folder.h"

namespace plugbroker::log {
namespace {

using ::testing::HasSubstr;

class FileLog : public ::testing::Test {
 protected:
  [[nodiscard]] FileLogSettings settings() const {
    const std::u8string text = folder_.u8string();
    return {.folder = {text.begin(), text.end()}, .max_file_bytes = 4096, .max_files = 3, .queue = {}};
  }

  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream file{folder_ / name, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path folder_ = scratch_.path() / u8"Lögs";
};

TEST_F(FileLog, MakesItsFolderAndWritesOneLinePerRecord) {
  {
    const auto log = open_file_log(settings());
    ASSERT_TRUE(log.ok());
    log.value()->write({.event = "first", .message = "a\nb"});
    log.value()->write({.event = "second"});
  }
  const std::string text = content("plugbroker.log");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, HasSubstr(R"(information first message="a\nb")"));
}

TEST_F(FileLog, ContinuesAnExistingFile) {
  ASSERT_TRUE(open_file_log(settings()).ok());
  open_file_log(settings()).value()->write({.event = "first"});
  open_file_log(settings()).value()->write({.event = "second"});

  EXPECT_THAT(content("plugbroker.log"), HasSubstr("first"));
  EXPECT_THAT(content("plugbroker.log"), HasSubstr("second"));
}

TEST_F(FileLog, KeepsNoMoreFilesThanItMayAndNoneFarAboveItsSize) {
  {
    const auto log = open_file_log(settings());
    ASSERT_TRUE(log.ok());
    for (int i = 0; i < 400; ++i) log.value()->write({.event = "filling", .message = std::string(100, 'x')});
    log.value()->write({.event = "the_last"});
  }
  std::size_t files = 0;
  std::uintmax_t largest = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
    ++files;
    largest = std::max(largest, entry.file_size());
  }
  EXPECT_EQ(files, 3u);
  EXPECT_LT(largest, 4096u + 300u);
  EXPECT_THAT(content("plugbroker.log"), HasSubstr("the_last"));
}

TEST_F(FileLog, NamesAFolderThatCannotBeMade) {
  std::ofstream{folder_} << "a file in its place";

  const auto log = open_file_log(settings());

  ASSERT_FALSE(log.ok());
  EXPECT_THAT(log.status().message, HasSubstr("Lögs"));
}

TEST_F(FileLog, NamesAFileThatCannotBeWritten) {
  std::filesystem::create_directories(folder_ / "plugbroker.log");

  const auto log = open_file_log(settings());

  ASSERT_FALSE(log.ok());
  EXPECT_THAT(log.status().message, HasSubstr("plugbroker.log"));
}

TEST(ConsoleLog, WritesLinesToItsStream) {
  std::FILE* stream = std::tmpfile();
  ASSERT_NE(stream, nullptr);
  open_console_log(stream, {})->write({.event = "hello"});
  std::rewind(stream);
  char line[200] = {};
  const std::size_t size = std::fread(line, 1, sizeof(line) - 1, stream);
  std::fclose(stream);

  EXPECT_THAT((std::string{line, size}), ::testing::MatchesRegex(".* information hello\r?\n"));
}

}  // namespace
}  // namespace plugbroker::log
