// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_command.h"

#include <array>
#include <boost/program_options/options_description.hpp>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "broker_core/admin/command_line.h"
#include "broker_core/base/duration_text.h"
#include "broker_core/base/limits.h"

namespace plugbroker::admin_cli {
namespace {

namespace po = boost::program_options;
using admin::CommandLine;
using admin::usage_error;

constexpr std::array<std::pair<std::string_view, ControlVerb>, 2> verbs{
    {{"status", ControlVerb::status}, {"call", ControlVerb::call}}};

constexpr const char* default_admin_pipe = R"(\\.\pipe\PlugBroker.Admin)";

po::options_description described_options() {
  po::options_description options{"Options"};
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                           //
      ("json", "status: print the JSON document as it came")                                      //
      ("in", text(), "call: the request, from this file; - is standard input; absent: no bytes")  //
      ("out", text(), "call: write the reply to this file; absent: to standard output")           //
      ("deadline", text(), "how long the call may take: 250ms, 2s, 5m; default 30s, status 5s")   //
      ("pipe", text(), R"(the pipe to connect to; default \\.\pipe\PlugBroker)")                  //
      ("admin-pipe", text(), R"(the same for status; default \\.\pipe\PlugBroker.Admin)")         //
      ("service-name", text(), "the service whose pipe is trusted; default PlugBroker")           //
      ("trusted-owner", po::value<std::vector<std::string>>(),
       "a further owner of the pipe to trust: a SID, or current_user; may be repeated")  //
      ("verbose", "print what the client library has to say")                            //
      ("help", "print this")                                                             //
      ("version", "print the version");
  return options;
}

std::string owners_of(const CommandLine& line) {
  std::string owners;
  for (const std::string& owner : line.texts("trusted-owner")) owners += (owners.empty() ? "" : ";") + owner;
  return owners;
}

Result<Duration> deadline_of(const CommandLine& line, Duration fallback) {
  if (!line.has("deadline")) return fallback;
  const std::string text = line.text("deadline");
  const std::optional<Duration> deadline = parse_duration(text);
  if (!deadline || *deadline < limits::min_deadline || *deadline > limits::max_deadline) {
    return usage_error("--deadline " + text + ": expects 1ms to 24h, such as 250ms or 2s");
  }
  return *deadline;
}

// status takes no word of its own, call takes a route.
Status read_words(const std::vector<std::string>& words, ControlCommand& command) {
  if (command.verb == ControlVerb::status) {
    return words.size() == 1 ? Status{} : usage_error("status takes no \"" + words[1] + '"');
  }
  if (words.size() != 2) return usage_error("call takes one route");
  command.route = words[1];
  return {};
}

// status goes to the admin pipe, whichever of the two options names it.
std::string pipe_of(const CommandLine& line, ControlVerb verb) {
  if (verb != ControlVerb::status) return line.text("pipe");
  if (line.has("admin-pipe")) return line.text("admin-pipe");
  return line.has("pipe") ? line.text("pipe") : default_admin_pipe;
}

Result<ControlCommand> command_of(const CommandLine& line, ControlVerb verb) {
  ControlCommand command;
  command.verb = verb;
  if (verb == ControlVerb::help || verb == ControlVerb::version) return command;
  if (Status status = read_words(line.words(), command); !status.ok()) return status;
  const bool is_call = verb == ControlVerb::call;
  if (is_call && line.has("json")) return usage_error("--json is for status");
  if (!is_call && (line.has("in") || line.has("out"))) return usage_error("--in and --out are for call");
  const Result<Duration> deadline = deadline_of(line, is_call ? default_call_deadline : default_status_deadline);
  if (!deadline) return deadline.status();

  command.deadline = *deadline;
  command.pipe = pipe_of(line, verb);
  command.service_name = line.text("service-name");
  command.trusted_owners = owners_of(line);
  command.verbose = line.has("verbose");
  command.json = line.has("json");
  command.input_file = line.text("in");
  command.output_file = line.text("out");
  return command;
}

}  // namespace

Result<ControlCommand> parse_control_command(const std::vector<std::string>& arguments) {
  const Result<CommandLine> line = CommandLine::parse(arguments, described_options(), -1);
  if (!line) return line.status();
  const Result<ControlVerb> verb = line->verb(verbs, "status or call");
  if (!verb) return verb.status();
  return command_of(*line, *verb);
}

std::string control_help() {
  std::ostringstream text;
  text << "plugbrokerctl COMMAND [options]\n\n"
          "Commands\n"
          "  status        show the running service, its pools and workers\n"
          "  call ROUTE    call a route, as a plugin would\n\n"
       << described_options()
       << "\nExit codes: 0 good, 1 the call failed (its status is on standard error), 2 usage, 3 the service can't be "
          "reached.\n";
  return text.str();
}

}  // namespace plugbroker::admin_cli
