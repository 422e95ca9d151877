// SPDX-License-Identifier: Apache-2.0
#include "service/service_command.h"

#include <array>
#include <boost/program_options/options_description.hpp>
#include <sstream>
#include <string_view>
#include <utility>

#include "broker_core/admin/command_line.h"
#include "broker_core/win/path_trust.h"
#include "broker_core/win/utf16.h"
#include "service/service_identity.h"

namespace plugbroker::service {
namespace {

namespace po = boost::program_options;
using admin::CommandLine;
using admin::usage_error;

constexpr std::array<std::pair<std::string_view, ServiceVerb>, 3> verbs{
    {{"run", ServiceVerb::run}, {"console", ServiceVerb::console}, {"check-config", ServiceVerb::check_config}}};

po::options_description described_options() {
  po::options_description options{"Options"};
  options.add_options()                                                                                               //
      ("config", po::value<std::string>(), R"(the configuration; default %ProgramData%\PlugBroker\plugbroker.json)")  //
      ("service-name", po::value<std::string>()->default_value(win::to_utf8(default_service_name)),
       "the name that the service is installed under")  //
      ("attach", po::value<std::string>(),
       "console: start no worker for this pool; one that you start, in a debugger perhaps, joins it")  //
      ("trust-writer", po::value<std::vector<std::string>>()->composing(),
       "a SID that may write the configuration, or replace its folders, beside SYSTEM, Administrators and the service; "
       "may be given several times")  //
      ("help", "print this")                                                                           //
      ("version", "print the version");
  return options;
}

}  // namespace

Result<ServiceCommand> parse_service_command(const std::vector<std::string>& arguments) {
  const Result<CommandLine> line = CommandLine::parse(arguments, described_options(), 1);
  if (!line) return line.status();
  const Result<ServiceVerb> verb = line->verb(verbs, "run, console or check-config");
  if (!verb) return verb.status();
  ServiceCommand command;
  command.verb = *verb;
  command.service_name = line->text("service-name");
  command.config_path = line->text("config");
  if (line->has("attach")) {
    command.attach_pool = line->text("attach");
    if (command.verb == ServiceVerb::run)
      return usage_error("--attach is for console: a service is not debugged by hand");
    if (command.verb != ServiceVerb::console) return usage_error("--attach is for console");
    if (command.attach_pool.empty()) return usage_error("--attach names a pool");
  }
  command.trusted_writers = line->texts("trust-writer");
  for (const std::string& sid : command.trusted_writers) {
    if (!win::is_sid(sid)) return usage_error("--trust-writer takes a SID such as S-1-5-11, not \"" + sid + '"');
  }
  if (command.service_name.empty()) return usage_error("--service-name must not be empty");
  return command;
}

std::string service_help() {
  std::ostringstream text;
  text << "plugbroker-service COMMAND [options]\n\n"
          "Commands\n"
          "  run            under the service control manager (this is what sc create is given)\n"
          "  console        in this terminal; Ctrl-C drains, a second one ends it\n"
          "  check-config   read the configuration and print everything that is wrong with it\n\n"
       << described_options()
       << "\nExit codes: 0 good, 1 the configuration is wrong, 2 usage, 3 already running, "
          "4 the start failed, 5 broke down,\n6 a second Ctrl-C, 7 its own pipe can't be reached. Under the service "
          "control manager they are the "
          "service-specific exit code.\n";
  return text.str();
}

}  // namespace plugbroker::service
