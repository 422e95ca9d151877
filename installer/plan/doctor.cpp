// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/doctor.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "broker_core/base/duration_text.h"
#include "installer/plan/command_line_text.h"

namespace plugbroker::installer {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr Duration recent_failure = 1h;

class Diagnosis {
 public:
  explicit Diagnosis(const DoctorFacts& facts) : facts_(facts) {}

  [[nodiscard]] std::vector<Finding> run() && {
    if (!facts_.installed) {
      fail("installed", "there is no service " + facts_.service_name, with_name("plugbroker-install install"));
      return std::move(findings_);
    }
    pass("installed", facts_.command_line);
    state();
    quoting();
    for (const SettingFact& setting : facts_.settings) settings(setting);
    for (const FolderFact& folder : facts_.folders) folders(folder);
    config();
    config_rights();
    pipe("public_pipe", facts_.public_pipe);
    pipe("admin_pipe", facts_.admin_pipe);
    pipe_owner();
    event_source();
    for (const WorkerFact& worker : facts_.workers) workers(worker);
    last_failure();
    upgrade();
    return std::move(findings_);
  }

 private:
  void pass(std::string check, std::string message) {
    findings_.push_back({std::move(check), FindingLevel::pass, std::move(message), ""});
  }
  void warn(std::string check, std::string message, std::string fix) {
    findings_.push_back({std::move(check), FindingLevel::warn, std::move(message), std::move(fix)});
  }
  void fail(std::string check, std::string message, std::string fix) {
    findings_.push_back({std::move(check), FindingLevel::fail, std::move(message), std::move(fix)});
  }
  [[nodiscard]] std::string with_name(const std::string& command) const {
    return command + " --service-name " + quoted_argument(facts_.service_name);
  }

  void state() {
    if (facts_.running) return pass("running", facts_.state);
    if (facts_.failed_to_run) {
      return fail("running", facts_.state, "see the exit code in docs/OPERATIONS.md and the end of the log");
    }
    warn("running", facts_.state, with_name("plugbroker-install start"));
  }

  void quoting() {
    const CommandLineParts parts = split_command_line(facts_.command_line);
    const std::string configure = with_name("plugbroker-install configure");
    if (!parts.program_is_certain) {
      return fail("quoting", "the program has spaces and no quotation marks; Windows may start another one", configure);
    }
    if (const Status status = check_no_variable(facts_.command_line); !status.ok()) {
      return fail("quoting", status.message, "install into a folder without percent signs");
    }
    if (!facts_.program_exists) {
      return fail("quoting", "there is no " + parts.program, with_name("plugbroker-install install"));
    }
    pass("quoting", parts.program + " is certain");
  }

  static std::string check_name(Setting setting) {
    switch (setting) {
      case Setting::privileges:
        return "privileges";
      case Setting::service_sid:
        return "service_sid";
      case Setting::failure_actions:
        return "failure_actions";
      case Setting::failure_flag:
        return "failure_flag";
      case Setting::shutdown_time:
        return "shutdown_time";
      default:
        return "registration";
    }
  }

  void settings(const SettingFact& fact) {
    const std::string check = check_name(fact.setting);
    const std::string wanted = setting_text(fact.setting, facts_.wanted);
    const std::string configure = with_name("plugbroker-install configure");
    if (!fact.unreadable.empty()) {
      return warn(check, "can't be told on this system: " + fact.unreadable,
                  "look with sc (plugbroker-install doctor --dry-run)");
    }
    const std::string present = setting_text(fact.setting, fact.present);
    if (present == wanted) return pass(check, setting_title(fact.setting, facts_.wanted));
    const std::string message = "it is " + (present.empty() ? "not set" : present) + ", not " + wanted;
    // An administrator may want other restarts; a service whose failures go unnoticed nobody wants.
    if (fact.setting == Setting::failure_actions && !fact.present.failure_actions.restart_delays_ms.empty()) {
      return warn(check, message, configure);
    }
    if (fact.setting == Setting::shutdown_time) return warn(check, message, configure);
    fail(check, message, configure);
  }

  void folders(const FolderFact& fact) {
    const std::string configure = with_name("plugbroker-install configure");
    if (fact.not_permitted) return warn("folder_rights", fact.path + ": " + fact.problem, "use an elevated prompt");
    if (!fact.problem.empty()) return fail("folder_rights", fact.path + ": " + fact.problem, configure);
    const FolderDecision decision = decide_folder(parse_folder_access(fact.sddl), fact.wanted, facts_.trusted_owners);
    if (decision.unchanged) return pass("folder_rights", fact.path);
    std::string message = fact.path + " has " + fact.sddl + ", not " + sddl_of(decision.access);
    if (decision.take_over) message = fact.path + " belongs to somebody who is no administrator: " + fact.sddl;
    fail("folder_rights", std::move(message), configure);
  }

  void config() {
    if (facts_.config_problems.empty()) return pass("config", facts_.config_path);
    const std::string more = facts_.config_problems.size() > 1
                                 ? " (and " + std::to_string(facts_.config_problems.size() - 1) + " more)"
                                 : "";
    fail("config", facts_.config_path + ": " + facts_.config_problems.front() + more,
         "plugbroker-service check-config --config " + quoted_argument(facts_.config_path));
  }

  void config_rights() {
    if (!facts_.config_readable) return warn("config_rights", "they can't be read", "use an elevated prompt");
    for (const Weakness& weakness : facts_.config_weaknesses) {
      fail("config_rights", weakness.problem + "; the service refuses the configuration", weakness.remedy);
    }
    if (facts_.config_weaknesses.empty()) pass("config_rights", "nobody else may change the configuration");
  }

  void pipe(const char* check, const PipeFact& fact) {
    if (!facts_.running) return warn(check, "not tried: the service does not run", "");
    if (fact.opened) return pass(check, fact.name + " answers");
    fail(check, fact.name + ": " + fact.problem,
         std::string{check} == "admin_pipe"
             ? "use an elevated prompt; then look at snapshot and log, see docs/OPERATIONS.md"
             : "look at the log for lines about the pipe");
  }

  void pipe_owner() {
    if (!facts_.running || !facts_.public_pipe.opened) return;
    const PipeFact& fact = facts_.public_pipe;
    if (fact.owner.empty()) {
      return fail("pipe_owner", "can't be read, so that no client trusts the pipe",
                  "look for pipe_security_reduced in the log");
    }
    if (!fact.owner_trusted) {
      return fail("pipe_owner", fact.owner + " is neither the service nor SYSTEM: no client trusts the pipe",
                  "see who runs a service under this pipe's name; then " + with_name("plugbroker-install configure"));
    }
    if (fact.trusted_by_option_only) {
      return warn("pipe_owner", fact.owner + " is trusted by an option alone",
                  "clients need the same option; see docs/SECURITY.md");
    }
    pass("pipe_owner", fact.owner);
  }

  void event_source() {
    if (!facts_.event_source_registered) {
      return warn("event_source", "it is not registered, so that the event log shows events without their text",
                  with_name("plugbroker-install configure"));
    }
    if (!facts_.event_message_file_exists) {
      return fail("event_source", "there is no " + facts_.event_message_file,
                  with_name("plugbroker-install configure"));
    }
    pass("event_source", facts_.event_message_file);
  }

  void workers(const WorkerFact& fact) {
    if (!fact.exists) {
      fail("worker_programs", "pool " + fact.pool + ": there is no " + fact.program,
           "put it there, or correct \"command\" in " + facts_.config_path);
    } else {
      pass("worker_programs", "pool " + fact.pool + ": " + fact.program);
    }
    for (const Weakness& weakness : fact.weaknesses) {
      warn("worker_rights", "pool " + fact.pool + ": " + weakness.problem, weakness.remedy);
    }
    if (fact.exists && fact.weaknesses.empty()) {
      pass("worker_rights", "pool " + fact.pool + ": nobody else may change its program");
    }
    if (fact.needs.empty()) {
      if (fact.exists) pass("dotnet", "pool " + fact.pool + " needs no installed .NET");
    } else if (!fact.dotnet_found) {
      fail("dotnet", "pool " + fact.pool + " needs " + fact.needs + ", which is not in " + fact.dotnet_looked_in,
           "install it, name another one by DOTNET_ROOT in the pool's \"environment\", or publish with "
           "--self-contained");
    } else {
      pass("dotnet", "pool " + fact.pool + ": " + fact.needs + " is in " + fact.dotnet_looked_in);
    }
  }

  void last_failure() {
    if (!facts_.failures)
      return warn("last_failure", "can't be told: the service was not asked", "use an elevated prompt");
    if (facts_.failures->empty()) return pass("last_failure", "no worker has failed since the start");
    for (const PoolFailure& failure : *facts_.failures) {
      const auto seconds = std::chrono::floor<std::chrono::seconds>(failure.age);
      const std::string message = "pool " + failure.pool + ", " + duration_text(seconds) + " ago: " + failure.sentence;
      if (failure.age >= recent_failure) {
        pass("last_failure", message);
      } else {
        warn("last_failure", message, "plugbrokerctl pools, plugbrokerctl evidence");
      }
    }
  }

  void upgrade() {
    if (facts_.interrupted_upgrade) {
      fail("upgrade", "an upgrade was interrupted; files of two versions may be mixed",
           with_name("plugbroker-install upgrade"));
    } else if (facts_.upgrade_leftovers) {
      warn("upgrade", "files of an earlier version are kept because they were in use",
           "nothing to do: the next upgrade, or the next start of Windows, removes them");
    } else {
      pass("upgrade", "nothing is left of an upgrade");
    }
  }

  const DoctorFacts& facts_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> diagnose(const DoctorFacts& facts) {
  return Diagnosis{facts}.run();
}

Result<std::vector<PoolFailure>> failures_in_status(const std::string& document) {
  std::vector<PoolFailure> failures;
  try {
    const json::value status = json::parse(document);
    for (const json::value& pool : status.at("pools").as_array()) {
      const json::value& age = pool.at("last_failure_age_ms");
      if (age.is_null()) continue;
      failures.push_back({.pool = std::string{pool.at("name").as_string()},
                          .sentence = std::string{pool.at("last_failure").as_string()},
                          .age = std::chrono::milliseconds{age.to_number<std::int64_t>()}});
    }
  } catch (const std::exception& error) {  // Boost.JSON's.
    return {StatusCode::data_loss, "the status document is not as expected: " + std::string{error.what()}};
  }
  return failures;
}

}  // namespace plugbroker::installer
