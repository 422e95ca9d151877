// SPDX-License-Identifier: Apache-2.0
#include "installer/config_remarks.h"

#include <gmock/gmock.h>
#include <windows.h>

#include <fstream>
#include <string_view>

#include "broker_core/win/utf16.h"
#include "tests/scratch_folder.h"

namespace plugbroker::installer {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ConfigRemarks : public ::testing::Test {
 protected:
  std::filesystem::path file(std::string_view text) {
    std::ofstream{folder_ / "c.json", std::ios::trunc} << text;
    return folder_ / "c.json";
  }
  /// A configuration that is good: this test's own program is its worker's.
  static std::string good() {
    wchar_t program[MAX_PATH];
    GetModuleFileNameW(nullptr, program, MAX_PATH);
    std::string path = win::to_utf8(program);
    for (std::size_t at = 0; (at = path.find('\\', at)) != std::string::npos; at += 2) path.insert(at, 1, '\\');
    return R"({"pools":{"p":{"command":[")" + path + R"("],"routes":["r"]}}})";
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path& folder_ = scratch_.path();
};

TEST_F(ConfigRemarks, SayThatItIsGood) {
  EXPECT_THAT(config_remarks(file(good()), folder_), ElementsAre("the configuration is good"));
}

TEST_F(ConfigRemarks, SayWhatIsWrongAndWhatTellsTheRest) {
  EXPECT_THAT(config_remarks(file(R"({"pools":{}})"), folder_),
              ElementsAre(AllOf(HasSubstr("will NOT start"), HasSubstr("at least one pool is needed"),
                                HasSubstr("check-config --config "))));
}

TEST_F(ConfigRemarks, SayOfAnotherFolderThatItsRightsDecide) {
  EXPECT_THAT(config_remarks(file(good()), folder_ / "elsewhere"),
              ElementsAre("the configuration is good", AllOf(HasSubstr(folder_.filename().string()),
                                                             HasSubstr("decides what the service runs"))));
}

}  // namespace
}  // namespace plugbroker::installer
