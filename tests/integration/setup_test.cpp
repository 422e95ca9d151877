// SPDX-License-Identifier: Apache-2.0
// The commands of plugbroker-install that installation_test does not show: configure, restart, doctor, --json, the
// lines of --dry-run, which cmd.exe runs here.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>
#include <memory>
#include <vector>

#include "tests/integration/harness/installed_version.h"
#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint32_t ok = 0;
constexpr std::uint32_t failed = 1;
constexpr std::uint32_t not_installed = 3;
constexpr std::uint32_t not_set = 6;
constexpr std::uint32_t unhealthy = 9;

class Setup : public testing::Test {
 protected:
  explicit Setup(InstalledService::Registration registration = InstalledService::Registration::by_the_test)
      : service_({.pools = {documents_pool()}}, registration) {}

  Finished install(std::vector<std::string> arguments) {
    return run_installer(product_program("plugbroker-install.exe"), service_, std::move(arguments));
  }

  std::string config() const { return narrow(service_.config_file().wstring()); }

  /// The level of the worst line of a check that `doctor --json` prints; "none" when there is no such line.
  std::string level_of(const json::value& document, std::string_view check) const {
    std::string worst = "none";
    for (const json::value& finding : document.at("findings").as_array()) {
      const std::string level{finding.at("level").as_string()};
      if (finding.at("check").as_string() == check && (worst == "none" || level == "fail" || worst == "pass")) {
        worst = level;
      }
    }
    return worst;
  }

  InstalledService service_;
};

/// A service that an MSI, or an administrator with sc, has made.
class Configure : public Setup {
 protected:
  Configure() : Setup(InstalledService::Registration::by_sc_create) {}
};

TEST_F(Configure, SetsEverythingOfAServiceThatIsThereAndChangesNothingTheSecondTime) {
  const Finished first = install({"configure", "--display-name", "Shown in the list"});
  const Finished second = install({"configure", "--json"});

  ASSERT_EQ(first.exit_code, ok) << first.output;
  EXPECT_THAT(first.output, AllOf(HasSubstr("set: registered: "), HasSubstr("named Shown in the list"),
                                  HasSubstr("set: description"), HasSubstr("set: 1m for a shutdown")));
  ASSERT_EQ(second.exit_code, ok) << second.output;
  const json::value document = json::parse(second.output);
  for (const json::value& step : document.at("steps").as_array()) {
    EXPECT_NE(step.at("result").as_string(), "done") << json::serialize(step);
  }
  service_.start();
  EXPECT_EQ(call(service_, "echo", "configured").reply, "configured");
}

TEST_F(Setup, ConfigureNeedsAService) {
  EXPECT_EQ(install({"configure"}).exit_code, not_installed);
}

TEST_F(Setup, ADryRunPrintsLinesThatInstallTheServiceWhenTheyAreRun) {
  const Finished printed = install({"install", "--dry-run", "--config", config()});
  ASSERT_EQ(printed.exit_code, ok) << printed.output;
  ASSERT_FALSE(service_.control().installed());
  const std::filesystem::path script = service_.folder() / "install.cmd";
  write_whole_file(script, "@echo off\r\n" + printed.output + "exit /b 0\r\n");

  const Finished ran = run({.program = "C:\\windows\\system32\\cmd.exe",
                            .arguments = {"/c", narrow(script.wstring())},
                            .output = service_.folder() / "script.txt"});

  ASSERT_TRUE(service_.control().installed()) << ran.output << printed.output;
  // What it made is what install would make: nothing of the registration is left to be done.
  const Finished installed = install({"install"});
  EXPECT_EQ(installed.exit_code, ok) << installed.output;
  EXPECT_THAT(installed.output, HasSubstr("unchanged: registered: "));
  service_.start();
  EXPECT_EQ(call(service_, "echo", "by script").reply, "by script");
}

TEST_F(Setup, EveryCommandHasADryRunThatChangesNothing) {
  ASSERT_EQ(install({"install", "--config", config()}).exit_code, ok);
  for (const char* command :
       {"install", "configure", "start", "stop", "restart", "status", "doctor", "upgrade", "uninstall"}) {
    const Finished printed = install({command, "--dry-run", "--json"});
    EXPECT_EQ(printed.exit_code, ok) << command << printed.output;
    const json::value document = json::parse(printed.output);
    EXPECT_FALSE(document.at("commands").as_array().empty()) << command;
    EXPECT_EQ(document.at("dry_run"), true);
  }
  EXPECT_TRUE(service_.control().installed());
  EXPECT_EQ(service_.control().state(), std::uint32_t{SERVICE_STOPPED});
}

TEST_F(Setup, StrictStopsExactlyWhenSomethingIsNotSet) {
  const Finished strict = install({"install", "--strict", "--config", config()});

  EXPECT_EQ(strict.exit_code == not_set, strict.output.find("NOT set") != std::string::npos) << strict.output;
  EXPECT_TRUE(strict.exit_code == ok || strict.exit_code == not_set) << strict.output;
}

TEST_F(Setup, RestartStartsAServiceThatRunsAnew) {
  ASSERT_EQ(install({"install", "--config", config()}).exit_code, ok);
  ASSERT_EQ(install({"restart"}).exit_code, ok);
  const std::uint32_t before = service_.process_id();

  const Finished restarted = install({"restart", "--json"});

  EXPECT_EQ(restarted.exit_code, ok) << restarted.output;
  EXPECT_NE(service_.process_id(), before);
  EXPECT_EQ(json::parse(restarted.output).at("service").at("process_id"), service_.process_id());
}

TEST_F(Setup, KeepsTheConfigurationAndTheNameOfAServiceThatIsInstalledAgain) {
  ASSERT_EQ(install({"install", "--config", config(), "--display-name", "Mine"}).exit_code, ok);

  const Finished again = install({"install"});

  EXPECT_EQ(again.exit_code, ok) << again.output;
  EXPECT_THAT(again.output, AllOf(HasSubstr("unchanged: registered: "), HasSubstr("named Mine"),
                                  HasSubstr("unchanged: configuration " + config())));
}

TEST_F(Setup, AnAccountWithAPasswordIsNotTakenWithoutOne) {
  const Finished refused = install({"install", "--config", config(), "--account", R"(CONTOSO\bob)"});

  EXPECT_EQ(refused.exit_code, failed);
  EXPECT_THAT(refused.output, HasSubstr("--password-stdin"));
  EXPECT_FALSE(service_.control().installed());
}

TEST_F(Setup, DoctorLooksAtARunningService) {
  ASSERT_EQ(install({"install", "--config", config()}).exit_code, ok);
  service_.start();

  const Finished finished = install({"doctor", "--json"});

  ASSERT_TRUE(finished.exit_code == ok || finished.exit_code == unhealthy) << finished.output;
  const json::value document = json::parse(finished.output);
  for (const char* check : {"installed", "running", "quoting", "config", "public_pipe", "admin_pipe", "worker_programs",
                            "dotnet", "last_failure", "upgrade"}) {
    EXPECT_EQ(level_of(document, check), "pass") << check << finished.output;
  }
  for (const char* check :
       {"privileges", "service_sid", "failure_flag", "folder_rights", "config_rights", "pipe_owner", "event_source"}) {
    EXPECT_NE(level_of(document, check), "none") << check << finished.output;
  }
}

/// The message file of the event source that has this name; "" when there is none.
std::wstring event_message_file(const std::string& name) {
  const std::wstring key = LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)" + widen(name);
  std::wstring file(MAX_PATH, L'\0');
  DWORD size = static_cast<DWORD>(file.size() * sizeof(wchar_t));
  const LSTATUS status = RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), L"EventMessageFile",
                                      RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, nullptr, file.data(), &size);
  return status == ERROR_SUCCESS ? std::wstring{file.c_str()} : std::wstring{};
}

TEST_F(Configure, RegistersTheEventSourceAndUninstallRemovesIt) {
  ASSERT_EQ(install({"configure"}).exit_code, ok);
  EXPECT_EQ(event_message_file(service_.name()), product_program("plugbroker-events.dll").wstring());
  EXPECT_EQ(level_of(json::parse(install({"doctor", "--json"}).output), "event_source"), "pass");

  ASSERT_EQ(install({"uninstall"}).exit_code, ok);

  EXPECT_EQ(event_message_file(service_.name()), L"");
}

// They share the data folder, whose access list each completes.
TEST(ConfigureAtOnce, OfSeveralServicesTakeTurns) {
  constexpr std::size_t services = 4;
  constexpr int rounds = 3;
  std::vector<std::unique_ptr<InstalledService>> installed;
  for (std::size_t i = 0; i < services; ++i) {
    installed.push_back(std::make_unique<InstalledService>(InstalledService::Options{.pools = {documents_pool()}},
                                                           InstalledService::Registration::by_sc_create));
  }
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::future<Finished>> runs;
    for (const auto& service : installed) {
      runs.push_back(std::async(std::launch::async, [&service] {
        return run_installer(product_program("plugbroker-install.exe"), *service, {"configure"});
      }));
    }
    for (std::future<Finished>& run : runs) {
      const Finished finished = run.get();
      EXPECT_EQ(finished.exit_code, ok) << finished.output;
    }
  }
}

TEST_F(Configure, UninstallRemovesTheEventSourceOfAServiceThatIsGone) {
  ASSERT_EQ(install({"configure"}).exit_code, ok);
  ASSERT_NE(event_message_file(service_.name()), L"");
  service_.remove();

  const Finished gone = install({"uninstall"});
  const Finished again = install({"uninstall"});

  EXPECT_EQ(gone.exit_code, ok) << gone.output;
  EXPECT_EQ(again.exit_code, ok) << again.output;
  EXPECT_EQ(event_message_file(service_.name()), L"");
}

TEST_F(Setup, DoctorLooksForTheFileOfTheEventSource) {
  ASSERT_EQ(install({"install", "--config", config()}).exit_code, ok);
  const std::wstring key = LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)" + widen(service_.name());
  const auto name_file = [&](const std::wstring& file) {
    return RegSetKeyValueW(HKEY_LOCAL_MACHINE, key.c_str(), L"EventMessageFile", REG_EXPAND_SZ, file.c_str(),
                           static_cast<DWORD>((file.size() + 1) * sizeof(wchar_t)));
  };

  ASSERT_EQ(name_file(service_.config_file().native()), ERROR_SUCCESS);
  EXPECT_EQ(level_of(json::parse(install({"doctor", "--json"}).output), "event_source"), "pass");
  ASSERT_EQ(name_file(L"%SystemRoot%\\no such file.dll"), ERROR_SUCCESS);
  EXPECT_EQ(level_of(json::parse(install({"doctor", "--json"}).output), "event_source"), "fail");

  EXPECT_EQ(RegDeleteKeyW(HKEY_LOCAL_MACHINE, key.c_str()), ERROR_SUCCESS);
}

TEST_F(Setup, DoctorFindsWhatIsWrongAndSaysHowToPutItRight) {
  PoolText pool = documents_pool();
  pool.command = {R"(C:\no such folder\worker.exe)"};
  ASSERT_EQ(install({"install", "--config", config()}).exit_code, ok);
  service_.write_config({.pools = {pool}});

  const Finished finished = install({"doctor", "--json"});
  const Finished lines = install({"doctor"});

  EXPECT_EQ(finished.exit_code, unhealthy) << finished.output;
  EXPECT_EQ(level_of(json::parse(finished.output), "config"), "fail") << finished.output;
  EXPECT_EQ(level_of(json::parse(finished.output), "running"), "warn");
  EXPECT_THAT(lines.output, AllOf(HasSubstr("fail  config: "), HasSubstr("fix: plugbroker-service check-config")));
}

TEST_F(Setup, DoctorSaysThatThereIsNoService) {
  EXPECT_EQ(install({"doctor"}).exit_code, not_installed);
}

TEST_F(Setup, DoesNotPurgeFoldersThatAnotherServiceUses) {
  const InstalledService other({.pools = {documents_pool()}});
  ASSERT_EQ(install({"install", "--config", config()}).exit_code, ok);

  const Finished purged = install({"uninstall", "--purge"});

  EXPECT_EQ(purged.exit_code, failed) << purged.output;
  EXPECT_THAT(purged.output, HasSubstr("uses it too"));
  EXPECT_FALSE(service_.control().installed());
}

}  // namespace
}  // namespace plugbroker::harness
