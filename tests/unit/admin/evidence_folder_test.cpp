// SPDX-License-Identifier: Apache-2.0
#include "broker_core/admin/evidence_folder.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>

#include "tests/scratch_folder.h"

namespace plugbroker::admin {
namespace {

namespace json = boost::json;

class EvidenceFolderTest : public testing::Test {
 protected:
  void add_case(const std::string& name, const std::string& document) {
    std::filesystem::create_directories(scratch_.path() / name);
    std::ofstream{scratch_.path() / name / "case.json", std::ios::binary} << document;
  }
  json::value list() const { return json::parse(folder_.list().value()); }

  test::ScratchFolder scratch_;
  EvidenceFolder folder_{scratch_.path()};
};

TEST_F(EvidenceFolderTest, ListsItsCasesTheLatestFirst) {
  add_case("20260101T000000Z-p-1", R"({"time":"t1","pool":"p","worker":1,"reason":"it hung","more":[]})");
  add_case("20260102T000000Z-p-2", R"({"time":"t2","pool":"p","worker":2,"reason":"it died"})");

  EXPECT_EQ(list(), json::parse(R"({"schema_version":1,"left_out":0,"cases":[
    {"name":"20260102T000000Z-p-2","time":"t2","pool":"p","worker":2,"reason":"it died"},
    {"name":"20260101T000000Z-p-1","time":"t1","pool":"p","worker":1,"reason":"it hung"}]})"));
}

TEST_F(EvidenceFolderTest, ListsACaseThatCannotBeRead) {
  add_case("2026-p-1", "half a docum");
  std::filesystem::create_directories(scratch_.path() / "2026-p-2");

  EXPECT_EQ(list().at("cases"), json::parse(R"([
    {"name":"2026-p-2","time":null,"pool":null,"worker":null,"reason":null},
    {"name":"2026-p-1","time":null,"pool":null,"worker":null,"reason":null}])"));
}

TEST_F(EvidenceFolderTest, LeavesOutWhatIsNoCase) {
  std::ofstream{scratch_.path() / "2026.txt"} << "x";
  std::filesystem::create_directories(scratch_.path() / "notes");

  EXPECT_TRUE(list().at("cases").as_array().empty());
}

TEST_F(EvidenceFolderTest, ListsAtMostSoManyAndCountsTheRest) {
  for (std::size_t i = 0; i < evidence::max_cases_listed + 2; ++i) {
    std::filesystem::create_directories(scratch_.path() / std::to_string(1000 + i));
  }

  EXPECT_EQ(list().at("cases").as_array().size(), evidence::max_cases_listed);
  EXPECT_EQ(list().at("left_out"), 2);
}

TEST_F(EvidenceFolderTest, HasNoCasesWhenItDoesNotExist) {
  const EvidenceFolder missing{scratch_.path() / "missing"};

  EXPECT_EQ(json::parse(missing.list().value()).at("cases").as_array().size(), 0u);
}

TEST_F(EvidenceFolderTest, GivesACaseAsItWasWritten) {
  add_case("2026-p-1", "{\n}\n");

  EXPECT_EQ(*folder_.read("2026-p-1"), "{\n}\n");
  EXPECT_EQ(folder_.read("2026-p-9").status().code, StatusCode::not_found);
}

TEST_F(EvidenceFolderTest, RefusesACaseThatIsTooLong) {
  add_case("2026-p-1", std::string(evidence::max_case_bytes, ' '));
  add_case("2026-p-2", std::string(evidence::max_case_bytes + 1, ' '));

  EXPECT_TRUE(folder_.read("2026-p-1").ok());
  EXPECT_EQ(folder_.read("2026-p-2").status().code, StatusCode::data_loss);
}

TEST_F(EvidenceFolderTest, LetsNoNameOutOfTheFolder) {
  std::ofstream{scratch_.path() / "case.json"} << "secret";
  for (const char* name : {"", ".", "..", "../x", "2026/..", "2026\\..", "2026/../..", "/etc", "C:", "C:\\x", "2026:x",
                           "2026 ", "2026.", "NUL", "2026\n", "2026%2f"}) {
    EXPECT_FALSE(is_case_name(name)) << name;
    EXPECT_EQ(folder_.read(name).status().code, StatusCode::invalid_argument) << name;
  }
  EXPECT_FALSE(is_case_name(std::string(256, '2')));
  EXPECT_TRUE(is_case_name("2026-03-04T05.06.07Z-my_pool.v2-17"));
}

TEST(CaseNameOf, IsEmptyForANameThatIsNoText) {
  using Name = std::filesystem::path::string_type;
  const auto lone_surrogate = static_cast<std::filesystem::path::value_type>(0xD800);  // Where names are UTF-16.

  EXPECT_EQ(case_name_of(std::filesystem::path("folder") / "20260101T000000.000Z-p-1"), "20260101T000000.000Z-p-1");
  EXPECT_EQ(case_name_of(Name{'1', lone_surrogate, 'x'}), "");
  EXPECT_EQ(case_name_of("notes"), "");
}

}  // namespace
}  // namespace plugbroker::admin
