// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/command_line.h"

#include <gmock/gmock.h>

namespace plugbroker::admin {
namespace {

namespace po = boost::program_options;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Verb : std::uint8_t { walk, run, help, version };
constexpr std::array<std::pair<std::string_view, Verb>, 2> verbs{{{"walk", Verb::walk}, {"run", Verb::run}}};

Result<CommandLine> parse(const std::vector<std::string>& arguments, int most_words = 1) {
  po::options_description options;
  options.add_options()("where", po::value<std::string>(), "")("how", po::value<std::string>()->default_value("slowly"),
                                                               "")("with", po::value<std::vector<std::string>>(), "")(
      "help", "")("version", "");
  return CommandLine::parse(arguments, options, most_words);
}

TEST(CommandLine, TakesCommandAndOptionsInAnyOrder) {
  const Result<CommandLine> line = parse({"--where", "to the sea", "walk", "--with=a", "--with", "b"});

  ASSERT_TRUE(line.ok());
  EXPECT_EQ(*line->verb(verbs, "walk or run"), Verb::walk);
  EXPECT_EQ(line->text("where"), "to the sea");
  EXPECT_THAT(line->texts("with"), ElementsAre("a", "b"));
}

TEST(CommandLine, KnowsDefaultsFromWhatIsAbsent) {
  const Result<CommandLine> line = parse({"run"});

  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->text("how"), "slowly");
  EXPECT_EQ(line->text("where"), "");
  EXPECT_FALSE(line->has("where"));
  EXPECT_THAT(line->texts("with"), ElementsAre());
}

TEST(CommandLine, HasHelpAndVersionWithoutACommand) {
  EXPECT_EQ(*parse({"--help"})->verb(verbs, ""), Verb::help);
  EXPECT_EQ(*parse({"run", "--version"})->verb(verbs, ""), Verb::version);
}

TEST(CommandLine, SaysWhichCommandsThereAre) {
  EXPECT_EQ(parse({})->verb(verbs, "walk or run").status().message, "a command is missing: walk or run");
  EXPECT_EQ(parse({"fly"})->verb(verbs, "walk or run").status().message, "there is no command \"fly\": walk or run");
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(parse({"run", "--colour"}).status().message, HasSubstr("colour"));
  EXPECT_EQ(parse({"run", "--where"}).status().code, StatusCode::invalid_argument);
  EXPECT_EQ(parse({"run", "--how", "a", "--how", "b"}).status().code, StatusCode::invalid_argument);
  EXPECT_EQ(parse({"run", "walk"}).status().code, StatusCode::invalid_argument);
  EXPECT_THAT(parse({"run", "walk"}, -1)->words(), ElementsAre("run", "walk"));
}

}  // namespace
}  // namespace plugbroker::admin
