// SPDX-License-Identifier: Apache-2.0
#include "broker_core/config/access_rules.h"

#include <gmock/gmock.h>

#include <string>

namespace plugbroker::config {
namespace {

using ::testing::HasSubstr;

TEST(AccessRules, TakeAListOfWhoMayAndWhoMayNotCall) {
  for (const char* sddl : {"D:(A;;0x1;;;AU)", "D:P(A;;0x1;;;AU)",
                           "D:(D;;1;;;S-1-5-21-1-2-3-1001)(A;;GA;;;BA)(A;;GX;;;SY)", "D:(A;;0x1;;;S-1-5-18)"}) {
    EXPECT_EQ(access_problem(sddl), "") << sddl;
  }
}

TEST(AccessRules, SayWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "does not begin with D:"},
      {"everybody", "does not begin with D:"},
      {"(A;;0x1;;;AU)", "does not begin with D:"},
      {"O:SYD:(A;;0x1;;;AU)", "names an owner or a group"},
      {"G:SYD:(A;;0x1;;;AU)", "names an owner or a group"},
      {"D:(A;;0x1;;;AU)O:SY", "names an owner or a group"},
      {"S:(ML;;NW;;;HI)", "has a part S:"},
      {"D:(A;;0x1;;;AU)S:(ML;;NW;;;HI)", "has a part S:"},
      {"D:NO_ACCESS_CONTROL", "would let everybody call"},
      {"D:", "has an empty list"},
      {"D:P", "has an empty list"},
      {"D:AI(A;;0x1;;;AU)", "is not a list of entries"},
      {"D:(A;;0x1;;;AU", "is not a list of entries"},
      {"D:(A;;0x1;;;AU) ", "is not a list of entries"},
      {"D:A;;0x1;;;AU", "is not a list of entries"},
      {"D:(A;;0x1;;AU)", "entry 1 of the list is not an entry such as"},
      {"D:(A;;0x1;;;AU;)", "entry 1 of the list is not an entry such as"},
      {"D:(A;;0x1;;;AU)(XA;;0x1;;;AU)", "entry 2 of the list is of another type"},
      {"D:(a;;0x1;;;AU)", "is of another type"},
      {"D:(A;OICI;0x1;;;AU)", "has flags"},
      {"D:(A;;0x12019b;;;AU)", "another right than 0x1"},
      {"D:(A;;GR;;;AU)", "another right than 0x1"},
      {"D:(A;;;;;AU)", "another right than 0x1"},
      {"D:(A;;0x1;x;;AU)", "names an object"},
      {"D:(A;;0x1;;x;AU)", "names an object"},
      {"D:(A;;0x1;;;)", "does not end with a SID"},
      {"D:(A;;0x1;;;Everyone)", "does not end with a SID"},
      {"D:(A;;0x1;;;S-1-5)", "does not end with a SID"},
      {"D:(A;;0x1;;;S-1-5-)", "does not end with a SID"},
      {"D:(A;;0x1;;;S-1--5)", "does not end with a SID"},
  };
  for (const auto& [sddl, problem] : cases) EXPECT_THAT(access_problem(sddl), HasSubstr(problem)) << sddl;
}

TEST(AccessRules, HaveTheirBounds) {
  std::string list = "D:";
  for (int i = 0; i < 64; ++i) list += "(A;;0x1;;;AU)";

  EXPECT_EQ(access_problem(list), "");
  EXPECT_THAT(access_problem(list + "(A;;0x1;;;AU)"), HasSubstr("more than 64 entries"));
  EXPECT_THAT(access_problem("D:" + std::string(4095, 'x')), HasSubstr("longer than 4096 bytes"));
}

}  // namespace
}  // namespace plugbroker::config
