// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/command_line_text.h"

#include <gmock/gmock.h>

namespace plugbroker::installer {
namespace {

using ::testing::ElementsAre;

std::string line_of(std::string_view program, std::string_view config, std::string_view name = "PlugBroker") {
  return service_command_line(program, config, name, "PlugBroker");
}

TEST(ServiceCommandLine, QuotesProgramAndConfigurationAlways) {
  EXPECT_EQ(line_of(R"(C:\Program Files\P\s.exe)", R"(C:\a b\c.json)"),
            R"("C:\Program Files\P\s.exe" run --config "C:\a b\c.json")");
  EXPECT_EQ(line_of(R"(C:\s.exe)", R"(C:\c.json)"), R"("C:\s.exe" run --config "C:\c.json")");
}

TEST(ServiceCommandLine, NamesAServiceThatIsNotTheDefault) {
  EXPECT_EQ(line_of(R"(C:\s.exe)", R"(C:\c.json)", "Second one"),
            R"("C:\s.exe" run --config "C:\c.json" --service-name "Second one")");
}

TEST(ServiceCommandLine, WithTwoPercentSignsIsNotOneThatAServiceCanBeStartedBy) {
  EXPECT_TRUE(check_no_variable(R"("C:\100 % s\s.exe" run)").ok());
  EXPECT_EQ(check_no_variable(R"("C:\%TEMP%\s.exe" run)").code, StatusCode::invalid_argument);
}

TEST(SplitCommandLine, TakesApartWhatServiceCommandLineMakes) {
  const CommandLineParts parts = split_command_line(line_of(R"(C:\Program Files\s.exe)", R"(C:\a b\)", "N n"));

  EXPECT_EQ(parts.program, R"(C:\Program Files\s.exe)");
  EXPECT_TRUE(parts.program_is_certain);
  EXPECT_THAT(parts.arguments, ElementsAre("run", "--config", R"(C:\a b\)", "--service-name", "N n"));
}

TEST(SplitCommandLine, FindsTheProgramWithoutQuotationMarksAndSaysThatItIsNotCertain) {
  const CommandLineParts parts = split_command_line(R"(C:\Program Files\P\s.EXE run --config C:\c.json)");

  EXPECT_EQ(parts.program, R"(C:\Program Files\P\s.EXE)");
  EXPECT_FALSE(parts.program_is_certain);
  EXPECT_THAT(parts.arguments, ElementsAre("run", "--config", R"(C:\c.json)"));
  EXPECT_TRUE(split_command_line(R"(C:\P\s.exe run)").program_is_certain);
  EXPECT_EQ(split_command_line(R"(C:\P\s run)").program, R"(C:\P\s)");
}

TEST(SplitCommandLine, ReadsQuotationMarksAndBackslashesAsTheCRuntimeDoes) {
  EXPECT_THAT(split_command_line(R"(s.exe "a b" a\\b "a\\" \"q "x""y" "")").arguments,
              ElementsAre("a b", R"(a\\b)", R"(a\)", R"("q)", R"(x"y)", ""));
  EXPECT_THAT(split_command_line("").arguments, ElementsAre());
  EXPECT_EQ(split_command_line(R"("unfinished)").program, "unfinished");
}

TEST(OptionValue, IsFoundInBothForms) {
  using Values = std::vector<std::string>;
  EXPECT_EQ(option_values({"run", "--config", "C"}, "--config"), Values{"C"});
  EXPECT_EQ(option_values({"run", "--config=C"}, "--config"), Values{"C"});
  EXPECT_EQ(option_values({"--a", "1", "--b", "2", "--a=3"}, "--a"), (Values{"1", "3"}));
  EXPECT_EQ(option_values({"run", "--config"}, "--config"), Values{});
}

}  // namespace
}  // namespace plugbroker::installer
