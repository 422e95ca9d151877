// SPDX-License-Identifier: Apache-2.0
#include "installer/plan/install_command.h"

#include <algorithm>
#include <array>
#include <boost/program_options/options_description.hpp>
#include <charconv>
#include <sstream>
#include <string_view>
#include <utility>

#include "broker_core/admin/command_line.h"
#include "installer/plan/account.h"

namespace plugbroker::installer {
namespace {

namespace po = boost::program_options;
using admin::CommandLine;
using admin::usage_error;

constexpr std::array<std::pair<std::string_view, InstallVerb>, 9> verbs{{{"install", InstallVerb::install},
                                                                         {"upgrade", InstallVerb::upgrade},
                                                                         {"configure", InstallVerb::configure},
                                                                         {"uninstall", InstallVerb::uninstall},
                                                                         {"start", InstallVerb::start},
                                                                         {"stop", InstallVerb::stop},
                                                                         {"restart", InstallVerb::restart},
                                                                         {"status", InstallVerb::status},
                                                                         {"doctor", InstallVerb::doctor}}};
constexpr std::string_view verb_list = "install, upgrade, configure, uninstall, start, stop, restart, status or doctor";

constexpr std::array<std::string_view, 4> start_words{"auto", "delayed", "demand", "disabled"};
constexpr unsigned longest_ready_timeout_s = 3600;
constexpr unsigned help_columns = 110;

/// An option that only some commands have.
struct OptionUse {
  const char* option;
  std::array<InstallVerb, 2> verbs;
};
constexpr std::array<OptionUse, 11> option_uses{{
    {"config", {InstallVerb::install, InstallVerb::configure}},
    {"display-name", {InstallVerb::install, InstallVerb::configure}},
    {"account", {InstallVerb::install, InstallVerb::configure}},
    {"password-stdin", {InstallVerb::install, InstallVerb::configure}},
    {"trust-writer", {InstallVerb::install, InstallVerb::configure}},
    {"start", {InstallVerb::install, InstallVerb::configure}},
    {"strict", {InstallVerb::install, InstallVerb::configure}},
    {"from", {InstallVerb::upgrade, InstallVerb::upgrade}},
    {"ready-timeout", {InstallVerb::upgrade, InstallVerb::upgrade}},
    {"trusted-owner", {InstallVerb::upgrade, InstallVerb::doctor}},
    {"purge", {InstallVerb::uninstall, InstallVerb::uninstall}},
}};

po::options_description common_options() {
  po::options_description options{"Options of every command", help_columns};
  options.add_options()                                                                         //
      ("service-name", po::value<std::string>()->default_value("PlugBroker"), "which service")  //
      ("dry-run", "print the equivalent lines for a .cmd file; change nothing")                 //
      ("json", "print one JSON document instead of lines")                                      //
      ("help", "print this")                                                                    //
      ("version", "print the version");
  return options;
}

po::options_description setup_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options{"Options of install and configure (what is not given stays as the service has it)",
                                  help_columns};
  options.add_options()                                                                                 //
      ("config", text(), R"(the configuration; default %ProgramData%\PlugBroker\plugbroker.json)")      //
      ("display-name", text(), "the name that the list of services shows; default the service's name")  //
      ("account", text(),
       "LocalSystem, NT SERVICE\\NAME, DOMAIN\\NAME$ (group managed) or a user; default NT SERVICE\\ and the "
       "service's name")                                                                                         //
      ("password-stdin", "read a user's password from standard input, one line")                                 //
      ("trust-writer", po::value<std::vector<std::string>>()->composing(),
       "a SID that may write the configuration or the folders above it, which the service refuses otherwise; may be "
       "given several times")                                                                                    //
      ("start", text(), "auto (default), delayed (some minutes after Windows has started), demand or disabled")  //
      ("strict", "stop at the first setting that this system can't set");
  return options;
}

po::options_description other_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options{"Options of other commands", help_columns};
  options.add_options()                                                                                             //
      ("from", text(), "upgrade: the folder with the new version; without it an interrupted upgrade is put right")  //
      ("ready-timeout", text()->default_value("60"),
       "upgrade: seconds that the new version may take to become ready")  //
      ("trusted-owner", text(),
       "upgrade, doctor: an owner of the pipes that is trusted beside the service, a SID or current_user")  //
      ("purge", "uninstall: delete the data folder too, with configuration, logs and evidence");
  return options;
}

// Without what the SCM itself would refuse, what can't be quoted, and names whose service clients would not accept.
bool is_service_name(std::string_view name) {
  constexpr std::size_t longest = 256;
  const bool printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  return !name.empty() && name.size() <= longest && printable && name.find_first_of("/\\\"") == std::string_view::npos;
}

std::string named(const OptionUse& use) {
  std::string names{verb_name(use.verbs[0])};
  if (use.verbs[1] != use.verbs[0]) names.append(" and ").append(verb_name(use.verbs[1]));
  return names;
}

Status check_option_uses(const CommandLine& line, InstallVerb verb) {
  for (const OptionUse& use : option_uses) {
    const bool fits = std::ranges::find(use.verbs, verb) != use.verbs.end();
    // An option with a default is always there.
    if (fits || !line.has(use.option) || std::string_view{use.option} == "ready-timeout") continue;
    return usage_error("--" + std::string{use.option} + " is for " + named(use));
  }
  return {};
}

Status check_account(const InstallCommand& command) {
  if (command.password_from_input && command.account.empty()) {
    return usage_error("--password-stdin is for an --account");
  }
  if (command.account.empty()) return {};
  if (command.account.find_first_of("\"%\r\n") != std::string::npos) {
    return usage_error("--account: no account has such a name");
  }
  if (command.password_from_input && account_kind(command.account) != AccountKind::user) {
    return usage_error("--account " + command.account + " needs no password: leave --password-stdin out");
  }
  return {};
}

Status check_writers(const InstallCommand& command) {
  for (const std::string& sid : command.trusted_writers) {
    if (sid.starts_with("S-1-") && sid.find_first_not_of("0123456789-", 4) == std::string::npos) continue;
    return usage_error("--trust-writer takes a SID such as S-1-5-11, not \"" + sid + '"');
  }
  return {};
}

Result<Duration> ready_timeout_of(const std::string& text) {
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds == 0 || seconds > longest_ready_timeout_s) {
    return usage_error("--ready-timeout: seconds, 1 to 3600");
  }
  return Duration{std::chrono::seconds{seconds}};
}

Status check_paths(const InstallCommand& command) {
  for (const auto& [option, path] : {std::pair{"--config", &command.config_path}, std::pair{"--from", &command.from}}) {
    if (path->find_first_of("\"\r\n") != std::string::npos) {
      return usage_error(std::string{option} + ": a path has no quotation mark and no line break");
    }
  }
  if (command.display_name.find_first_of("\"\r\n") != std::string::npos) {
    return usage_error("--display-name: no quotation mark and no line break");
  }
  return {};
}

}  // namespace

std::string_view verb_name(InstallVerb verb) noexcept {
  for (const auto& [name, known] : verbs) {
    if (known == verb) return name;
  }
  return verb == InstallVerb::version ? "version" : "help";
}

Result<InstallCommand> parse_install_command(const std::vector<std::string>& arguments) {
  po::options_description all;
  all.add(common_options()).add(setup_options()).add(other_options());
  const Result<CommandLine> line = CommandLine::parse(arguments, all, 1);
  if (!line) return line.status();
  const Result<InstallVerb> verb = line->verb(verbs, verb_list);
  if (!verb) return verb.status();
  if (Status status = check_option_uses(*line, *verb); !status.ok()) return status;
  InstallCommand command{.verb = *verb,
                         .service_name = line->text("service-name"),
                         .config_path = line->text("config"),
                         .display_name = line->text("display-name"),
                         .account = line->text("account"),
                         .trusted_writers = line->texts("trust-writer"),
                         .start = line->text("start"),
                         .from = line->text("from"),
                         .trusted_owner = line->text("trusted-owner"),
                         .password_from_input = line->has("password-stdin"),
                         .purge = line->has("purge"),
                         .strict = line->has("strict"),
                         .dry_run = line->has("dry-run"),
                         .json = line->has("json")};
  if (!is_service_name(command.service_name)) {
    return usage_error("--service-name: 1 to 256 printable ASCII characters without / \\ \"");
  }
  if (Status status = check_account(command); !status.ok()) return status;
  if (Status status = check_paths(command); !status.ok()) return status;
  if (Status status = check_writers(command); !status.ok()) return status;
  if (!command.start.empty() && std::ranges::find(start_words, command.start) == start_words.end()) {
    return usage_error("--start: auto, delayed, demand or disabled");
  }
  const Result<Duration> timeout = ready_timeout_of(line->text("ready-timeout"));
  if (!timeout) return timeout.status();
  command.ready_timeout = *timeout;
  return command;
}

std::string install_help() {
  std::ostringstream text;
  text << "plugbroker-install COMMAND [options]\n\n"
          "Commands (each does nothing when it is done already)\n"
          "  install     register the service, make its folders and a first configuration\n"
          "  configure   set everything of a service that is registered already, by an MSI or by sc\n"
          "  upgrade     put a new version in place of the installed one, and the old one back if it fails\n"
          "  uninstall   stop the service and remove it; folders and configuration stay without --purge\n"
          "  start       start it and wait until it runs\n"
          "  stop        stop it and wait until it has stopped; running calls may finish\n"
          "  restart     stop it, if it runs, and start it\n"
          "  status      say whether it is installed and runs\n"
          "  doctor      check the installation; each line says pass, warn or fail, and how to put it right\n\n"
       << common_options() << '\n'
       << setup_options() << '\n'
       << other_options()
       << "\nExit codes: 0 done (status: running; doctor: nothing fails), 1 failed, 2 usage, 3 not installed,\n"
          "4 installed but not running, 5 access denied: use an elevated prompt, 6 --strict and a setting could not\n"
          "be set, 7 upgrade failed and the old version is back, 8 upgrade failed and so did going back,\n"
          "9 doctor: something fails.\n";
  return text.str();
}

}  // namespace plugbroker::installer
