// SPDX-License-Identifier: Apache-2.0
#include "installer/install_command.h"

#include <algorithm>
#include <array>
#include <boost/program_options/options_description.hpp>
#include <sstream>
#include <string_view>
#include <utility>

#include "broker_core/admin/command_line.h"
#include "broker_core/win/utf16.h"
#include "service/service_identity.h"

namespace plugbroker::installer {
namespace {

namespace po = boost::program_options;
using admin::CommandLine;
using admin::usage_error;

constexpr std::array<std::pair<std::string_view, InstallVerb>, 5> verbs{{{"install", InstallVerb::install},
                                                                         {"uninstall", InstallVerb::uninstall},
                                                                         {"start", InstallVerb::start},
                                                                         {"stop", InstallVerb::stop},
                                                                         {"status", InstallVerb::status}}};

po::options_description described_options() {
  const auto text = [] { return po::value<std::string>(); };
  po::options_description options{"Options"};
  options.add_options()                                                                                           //
      ("service-name", text()->default_value(win::to_utf8(service::default_service_name)), "the service's name")  //
      ("config", text(), R"(install: the configuration; default %ProgramData%\PlugBroker\plugbroker.json)")       //
      ("display-name", text(), "install: the name that the list of services shows; default the service's name")   //
      ("account", text(),
       R"(install: an account that needs no password; default NT SERVICE\ and the service's name)")  //
      ("help", "print this")                                                                         //
      ("version", "print the version");
  return options;
}

// Without what the SCM itself would refuse, what can't be quoted, and names whose service clients would not accept.
bool is_service_name(std::string_view name) {
  constexpr std::size_t longest = 256;
  const bool printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  return !name.empty() && name.size() <= longest && printable && name.find_first_of("/\\\"") == std::string_view::npos;
}

// The built-in accounts, virtual ones and group managed ones.
bool needs_no_password(std::string_view account) {
  std::string upper{account};
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return upper.starts_with("NT SERVICE\\") || upper.starts_with("NT AUTHORITY\\") || upper == "LOCALSYSTEM" ||
         upper == ".\\LOCALSYSTEM" || upper.ends_with('$');
}

Status check_account(const InstallCommand& command) {
  if (command.account.empty() || needs_no_password(command.account)) return {};
  return usage_error("--account " + command.account +
                     ": an account with a password can't be given here. Install without --account, then give it to the "
                     "service: sc config " +
                     command.service_name + " obj= " + command.account + " password= ... (see docs/OPERATIONS.md)");
}

}  // namespace

Result<InstallCommand> parse_install_command(const std::vector<std::string>& arguments) {
  const Result<CommandLine> line = CommandLine::parse(arguments, described_options(), 1);
  if (!line) return line.status();
  const Result<InstallVerb> verb = line->verb(verbs, "install, uninstall, start, stop or status");
  if (!verb) return verb.status();
  const bool only_for_install = line->has("config") || line->has("display-name") || line->has("account");
  if (only_for_install && *verb != InstallVerb::install) {
    return usage_error("--config, --display-name and --account are for install");
  }
  InstallCommand command{.verb = *verb,
                         .service_name = line->text("service-name"),
                         .config_path = line->text("config"),
                         .display_name = line->text("display-name"),
                         .account = line->text("account")};
  if (!is_service_name(command.service_name)) {
    return usage_error("--service-name: 1 to 256 printable ASCII characters without / \\ \"");
  }
  if (Status status = check_account(command); !status.ok()) return status;
  if (command.config_path.find('"') != std::string::npos) return usage_error("--config: a path has no quotation mark");
  return command;
}

std::string install_help() {
  std::ostringstream text;
  text << "plugbroker-install COMMAND [options]\n\n"
          "Commands (each does nothing when it is done already)\n"
          "  install     register the service, make its folders and a first configuration\n"
          "  uninstall   stop the service and remove it; folders and configuration stay\n"
          "  start       start it and wait until it runs\n"
          "  stop        stop it and wait until it has stopped\n"
          "  status      say whether it is installed and runs\n\n"
       << described_options()
       << "\nExit codes: 0 done (status: running), 1 failed, 2 usage, 3 not installed, 4 installed but not running,\n"
          "5 access denied: use an elevated prompt.\n";
  return text.str();
}

}  // namespace plugbroker::installer
