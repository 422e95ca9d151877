// SPDX-License-Identifier: Apache-2.0
#include "service/config_trust.h"

#include <gmock/gmock.h>

#include <fstream>

#include "broker_core/win/utf16.h"
#include "tests/everybody_may_write.h"
#include "tests/scratch_folder.h"
#include "tests/unit/runtime/fakes/recorded_log.h"

namespace plugbroker::service {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConfigTrustTest : public ::testing::Test {
 protected:
  /// A folder that everybody may write to, made on the way.
  std::filesystem::path open_folder() {
    const std::filesystem::path folder = scratch_.path() / "open";
    std::filesystem::create_directory(folder);
    test::let_everybody_write(folder);
    return folder;
  }
  std::string put(const std::filesystem::path& folder, const std::string& name, const std::string& text) {
    std::ofstream{folder / name} << text;
    return win::to_utf8((folder / name).native());
  }
  std::string good_config(const std::filesystem::path& folder) {
    const std::string program = put(scratch_.path(), "worker.exe", "a program");
    std::string escaped;
    for (const char byte : program) escaped += byte == '\\' ? std::string{"\\\\"} : std::string(1, byte);
    return put(folder, "plugbroker.json", R"({"pools":{"p":{"command":[")" + escaped + R"("],"routes":["r"]}}})");
  }

  const test::ScratchFolder scratch_;
  const ConfigTrust trust_{.service_name = "PlugBroker", .writers = {}};
  test::RecordedLog log_;
};

TEST_F(ConfigTrustTest, AConfigurationThatOthersCannotWriteIsRead) {
  const config::ConfigOutcome outcome = load_trusted_config(good_config(scratch_.path()), trust_);

  EXPECT_TRUE(outcome.config.has_value());
  EXPECT_THAT(outcome.problems, IsEmpty());
}

TEST_F(ConfigTrustTest, OneThatOthersCanReplaceIsRefusedWithTheFolderTheAccountAndTheRemedies) {
  const config::ConfigOutcome outcome = load_trusted_config(good_config(open_folder()), trust_);

  EXPECT_FALSE(outcome.config.has_value());
  EXPECT_THAT(outcome.problems,
              Contains(AllOf(HasSubstr("\\open lets files be replaced by "), HasSubstr("S-1-1-0"), HasSubstr("icacls"))));
  EXPECT_THAT(outcome.problems, Contains(HasSubstr("--trust-writer SID")));
}

TEST_F(ConfigTrustTest, AWriterThatIsTrustedByNameIsNoProblem) {
  ConfigTrust trust = trust_;
  trust.writers = {"S-1-1-0"};

  EXPECT_TRUE(load_trusted_config(good_config(open_folder()), trust).config.has_value());
}

TEST_F(ConfigTrustTest, OneThatIsNotThereIsSaidToBeMissing) {
  const config::ConfigOutcome outcome =
      load_trusted_config(win::to_utf8((scratch_.path() / "no.json").native()), trust_);

  EXPECT_THAT(outcome.problems, ::testing::ElementsAre("there is no such file"));
}

TEST_F(ConfigTrustTest, AProgramThatOthersCanReplaceIsAWarningOfItsPool) {
  win::LaunchSpec open;
  open.pool = "open";
  open.command = {put(open_folder(), "worker.exe", "a program")};
  win::LaunchSpec closed;
  closed.pool = "closed";
  closed.command = {put(scratch_.path(), "worker.exe", "a program")};

  log_writable_programs({open, closed}, trust_, log_);

  const auto lines = log_.of_event("program_writable");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].pool, "open");
  EXPECT_EQ(lines[0].level, LogLevel::warning);
  EXPECT_THAT(lines[0].message, AllOf(HasSubstr("worker.exe"), HasSubstr("S-1-1-0"), HasSubstr("icacls")));
}

TEST_F(ConfigTrustTest, ALibraryBehindDotnetCountsAsTheProgram) {
  win::LaunchSpec spec;
  spec.pool = "dotnet";
  spec.command = {put(scratch_.path(), "dotnet.exe", "a program"), put(open_folder(), "worker.dll", "a library")};

  log_writable_programs({spec}, trust_, log_);

  EXPECT_EQ(log_.of_event("program_writable").size(), 1u);
}

TEST_F(ConfigTrustTest, EachTrustedWriterIsAWarning) {
  log_trusted_writers({"S-1-5-11", "S-1-5-32-545"}, log_);

  EXPECT_EQ(log_.of_event("config_writer_trusted").size(), 2u);
}

}  // namespace
}  // namespace plugbroker::service
