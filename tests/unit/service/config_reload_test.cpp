// SPDX-License-Identifier: Apache-2.0
#include "service/config_reload.h"

#include <gmock/gmock.h>

#include <optional>

#include "broker_core/base/limits.h"
#include "tests/unit/runtime/fakes/recorded_log.h"

namespace plugbroker::service {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

config::PoolConfig pool(std::string name, std::vector<std::string> routes) {
  config::PoolConfig made;
  made.name = std::move(name);
  made.command = {"C:\\Apps\\worker.exe"};
  made.routes = std::move(routes);
  made.recycle.on_file_change = true;
  return made;
}

config::BrokerConfig config_with(std::vector<config::PoolConfig> pools) {
  config::BrokerConfig config;
  config.pools = std::move(pools);
  return config;
}

/// A service that runs the pools "a" and "b", and a file whose content the test says.
class ConfigReloadTest : public ::testing::Test {
 protected:
  void file_has(config::BrokerConfig config) { file_ = {.config = std::move(config), .problems = {}}; }
  void file_is_bad(std::vector<std::string> problems) {
    file_ = {.config = std::nullopt, .problems = std::move(problems)};
  }
  Status install(ReloadPlan plan, const std::function<Status()>& adopt) {
    plans_.push_back(std::move(plan));
    adopts_.push_back(adopt);
    return installed_.ok() ? adopt() : installed_;
  }
  std::vector<std::string> lines(std::string_view event) const {
    std::vector<std::string> messages;
    for (const LogRecord& record : log_.of_event(event)) messages.push_back(record.message);
    return messages;
  }
  static std::vector<std::string> names(const ReloadPlan& plan) {
    std::vector<std::string> names;
    for (const win::LaunchSpec& spec : plan.specs) names.push_back(spec.pool);
    return names;
  }

  const config::BrokerConfig started_with_ = config_with({pool("a", {"a.one", "a.two"}), pool("b", {"b"})});
  config::ConfigOutcome file_{.config = started_with_, .problems = {}};
  Status installed_;
  std::vector<ReloadPlan> plans_;
  std::vector<std::function<Status()>> adopts_;
  test::RecordedLog log_;
  std::string attached_;
  std::optional<ConfigReload> made_;

  ConfigReload& reload() {
    if (!made_) {
      made_.emplace(started_with_, attached_,
                    ConfigReload::Environment{.load = [this] { return file_; },
                                              .install =
                                                  [this](ReloadPlan plan, const std::function<Status()>& adopt) {
                                                    return install(std::move(plan), adopt);
                                                  },
                                              .log = log_});
    }
    return *made_;
  }
};

TEST_F(ConfigReloadTest, KeepsEveryPoolsPlaceAndGivesNewOnesTheNext) {
  file_has(config_with({pool("c", {"c"}), pool("b", {"b"})}));
  ASSERT_TRUE(reload().reload("x").ok());
  file_has(config_with({pool("d", {"d"}), pool("a", {"a.one"}), pool("b", {"b"})}));
  ASSERT_TRUE(reload().reload("x").ok());

  EXPECT_THAT(names(plans_[0]), ElementsAre("a", "b", "c"));
  EXPECT_EQ(plans_[0].access.size(), 4u);
  EXPECT_THAT(names(plans_[1]), ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(plans_[1].access.size(), 5u);
}

TEST_F(ConfigReloadTest, GivesAccessByTheEnginesNumbersAndNobodyARouteThatIsGone) {
  config::BrokerConfig next = config_with({pool("b", {"b", "new"}), pool("a", {"a.two"})});
  next.pools[0].access = "D:(A;;0x1;;;SY)";
  next.pools[0].route_access = {{"new", "D:(A;;0x1;;;BA)"}};
  next.pools[1].access = "D:(A;;0x1;;;IU)";
  file_has(next);

  ASSERT_TRUE(reload().reload("x").ok());

  // a.one and a.two and b were there first.
  EXPECT_THAT(plans_[0].access, ElementsAre("", "D:(A;;0x1;;;IU)", "D:(A;;0x1;;;SY)", "D:(A;;0x1;;;BA)"));
  EXPECT_EQ(reload().access().at("b").access, "D:(A;;0x1;;;SY)");
  EXPECT_EQ(reload().access().at("b").routes.at("new"), "D:(A;;0x1;;;BA)");
}

TEST_F(ConfigReloadTest, DoesNotReplaceWorkersForAccessAlone) {
  config::BrokerConfig next = started_with_;
  next.pools[0].access = "D:(A;;0x1;;;SY)";
  file_has(next);

  ASSERT_TRUE(reload().reload("x").ok());

  EXPECT_THAT(plans_[0].pools.changed_programs, IsEmpty());
  EXPECT_THAT(lines("reloaded"), ElementsAre(HasSubstr("access changed: a")));
}

TEST_F(ConfigReloadTest, TellsTheEngineWhichPoolsAreThereAndWhichStartOtherwise) {
  config::BrokerConfig next = started_with_;
  next.pools[1].command.emplace_back("--other");
  next.pools.push_back(pool("c", {"c"}));
  file_has(next);

  ASSERT_TRUE(reload().reload("x").ok());

  ASSERT_THAT(plans_, SizeIs(1));
  EXPECT_THAT(plans_[0].pools.pools,
              ElementsAre(Field(&engine::PoolConfig::name, "a"), Field(&engine::PoolConfig::name, "b"),
                          Field(&engine::PoolConfig::name, "c")));
  EXPECT_THAT(plans_[0].pools.changed_programs, ElementsAre("b"));
  EXPECT_EQ(plans_[0].specs[1].command.back(), "--other");
}

TEST_F(ConfigReloadTest, APoolThatIsGoneCanStillStartWorkersButIsNotWatched) {
  file_has(config_with({pool("b", {"b"})}));

  ASSERT_TRUE(reload().reload("x").ok());

  EXPECT_EQ(plans_[0].specs[0].command, started_with_.pools[0].command);
  EXPECT_FALSE(plans_[0].specs[0].outdated.on_file_change);
  EXPECT_TRUE(plans_[0].specs[1].outdated.on_file_change);
}

TEST_F(ConfigReloadTest, ABadFileChangesNothingAndEveryProblemIsALineOfTheLog) {
  file_is_bad({"/pools/a/x: first", "/pools/b/y: second"});

  const Status status = reload().reload("HOST\\admin");

  EXPECT_EQ(status, (Status{StatusCode::invalid_argument,
                            "the configuration is not good, nothing was changed: /pools/a/x: first; /pools/b/y: "
                            "second"}));
  EXPECT_THAT(plans_, IsEmpty());
  EXPECT_THAT(lines("reload_refused"),
              ElementsAre("HOST\\admin: /pools/a/x: first", "HOST\\admin: /pools/b/y: second"));
}

TEST_F(ConfigReloadTest, TheAnswerToABadFileFitsAMessage) {
  file_is_bad(std::vector<std::string>(100, std::string(100, 'x')));
  const Status many = reload().reload("x");
  file_is_bad({std::string(2000, 'x')});
  const Status long_one = reload().reload("x");

  EXPECT_LE(many.message.size(), limits::max_message_bytes);
  EXPECT_THAT(many.message, EndsWith("; the rest is in the log"));
  EXPECT_EQ(long_one.message, "the configuration is not good, nothing was changed: see the log");
}

TEST_F(ConfigReloadTest, SettingsOutsideOfPoolsAreNamedUntilTheFileHasThemBack) {
  config::BrokerConfig next = started_with_;
  next.log.level = LogLevel::error;
  file_has(next);
  ASSERT_TRUE(reload().reload("x").ok());
  ASSERT_TRUE(reload().reload("x").ok());
  EXPECT_THAT(reload().restart_needed(), ElementsAre("/log/level"));
  EXPECT_THAT(lines("reloaded")[1], EndsWith("2 unchanged; from the next start of the service only: /log/level"));

  file_has(started_with_);
  ASSERT_TRUE(reload().reload("x").ok());

  EXPECT_THAT(reload().restart_needed(), IsEmpty());
}

TEST_F(ConfigReloadTest, WhatCouldNotBeInstalledIsRefusedAndDoesNotCount) {
  file_has(config_with({pool("c", {"c"})}));
  installed_ = {StatusCode::deadline_exceeded, "the loop is busy"};
  EXPECT_EQ(reload().reload("x"), installed_);
  EXPECT_THAT(lines("reload_refused"), ElementsAre("x: the loop is busy"));

  file_has(config_with({pool("d", {"d"})}));
  installed_ = {};
  ASSERT_TRUE(reload().reload("x").ok());

  EXPECT_THAT(names(plans_[1]), ElementsAre("a", "b", "d"));
}

TEST_F(ConfigReloadTest, AReloadThatTheLoopTookLateMakesAnOlderPlanInvalid) {
  file_has(config_with({pool("c", {"c"})}));
  installed_ = {StatusCode::deadline_exceeded, "it may still be carried out"};
  ASSERT_FALSE(reload().reload("x").ok());
  ASSERT_FALSE(reload().reload("x").ok());

  EXPECT_TRUE(adopts_[0]().ok());
  EXPECT_EQ(adopts_[1]().code, StatusCode::unavailable);
}

TEST_F(ConfigReloadTest, ThePoolThatIsAttachedToCanNotBeRemoved) {
  attached_ = "a";
  file_has(config_with({pool("b", {"b"})}));

  EXPECT_EQ(reload().reload("x").code, StatusCode::failed_precondition);
  EXPECT_THAT(plans_, IsEmpty());

  file_has(started_with_);
  ASSERT_TRUE(reload().reload("x").ok());
  EXPECT_TRUE(plans_[0].pools.pools[0].attached_only);
}

TEST_F(ConfigReloadTest, AStopMayTakeAsLongAsTheSlowestPoolThatThereHasBeen) {
  const Duration before = reload().longest_stop();
  config::BrokerConfig slow = started_with_;
  slow.pools[0].stop_timeout = 1h;
  file_has(slow);
  ASSERT_TRUE(reload().reload("x").ok());
  const Duration with_slow_pool = reload().longest_stop();
  file_has(started_with_);
  ASSERT_TRUE(reload().reload("x").ok());

  EXPECT_EQ(with_slow_pool, before + 1h);
  EXPECT_EQ(reload().longest_stop(), with_slow_pool);
}

TEST_F(ConfigReloadTest, NamesThatThereHaveEverBeenAreBounded) {
  std::vector<config::PoolConfig> many;
  for (std::size_t i = 0; i < limits::max_pool_names - 1; ++i) many.push_back(pool("p" + std::to_string(i), {}));
  file_has(config_with(many));
  const Status pools = reload().reload("x");
  std::vector<std::string> routes;
  for (std::size_t i = 0; i < limits::max_route_names; ++i) routes.push_back("r" + std::to_string(i));
  file_has(config_with({pool("a", routes)}));
  const Status routes_status = reload().reload("x");

  EXPECT_EQ(pools.code, StatusCode::resource_exhausted);
  EXPECT_THAT(pools.message, HasSubstr("restart the service"));
  EXPECT_EQ(routes_status.code, StatusCode::resource_exhausted);
  EXPECT_THAT(plans_, IsEmpty());
}

}  // namespace
}  // namespace plugbroker::service
