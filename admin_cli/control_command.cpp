// SPDX-License-Identifier: Apache-2.0
#include "admin_cli/control_command.h"

#include <algorithm>
#include <array>
#include <boost/program_options/options_description.hpp>
#include <charconv>
#include <iomanip>
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

constexpr auto verbs = [] {
  std::array<std::pair<std::string_view, ControlVerb>, control_verbs.size()> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].first = control_verbs[i].name;
    pairs[i].second = control_verbs[i].verb;
  }
  return pairs;
}();

constexpr const char* default_admin_pipe = R"(\\.\pipe\PlugBroker.Admin)";

po::options_description described_options() {
  po::options_description options{"Options"};
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                             //
      ("json", "print the JSON document as it came; not for call")                                  //
      ("worker", text(), "recycle: this worker only, by its number")                                //
      ("in", text(), "call: the request, from this file; - is standard input; absent: no bytes")    //
      ("out", text(), "call: write the reply to this file; absent: to standard output")             //
      ("deadline", text(), "how long it may take: 250ms, 2s, 5m; default 5s, call and reload 30s")  //
      ("pipe", text(), R"(the pipe to connect to; for call by default \\.\pipe\PlugBroker)")        //
      ("admin-pipe", text(), R"(the same for all but call; default \\.\pipe\PlugBroker.Admin)")     //
      ("service-name", text(), "the service whose pipe is trusted; default PlugBroker")             //
      ("trusted-owner", po::value<std::vector<std::string>>(),
       "a further owner of the pipe to trust: a SID, or current_user; may be repeated")  //
      ("verbose", "print what the client library has to say")                            //
      ("help", "print this")                                                             //
      ("version", "print the version");
  return options;
}

std::string verb_names() {
  std::string names;
  for (const ControlVerbRow& row : control_verbs) names += (names.empty() ? "" : ", ") + std::string{row.name};
  return names;
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

Duration default_deadline(ControlVerb verb) {
  if (verb == ControlVerb::call) return default_call_deadline;
  return verb == ControlVerb::reload ? default_reload_deadline : default_admin_deadline;
}

Status read_worker(const std::string& text, ControlCommand& command) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, command.worker);
  const bool is_number = error == std::errc{} && stop == end && command.worker != 0;
  return is_number ? Status{} : usage_error("\"" + text + "\" is not the number of a worker, as `workers` shows it");
}

// Absent: "".
Status read_word(const ControlVerbRow& row, const std::string& word, ControlCommand& command) {
  const std::string name{row.name};
  switch (row.word) {
    case ControlWord::none:
      return word.empty() ? Status{} : usage_error(name + " takes no \"" + word + '"');
    case ControlWord::maybe_pool:
    case ControlWord::pool_or_worker:
      command.pool = word;
      return {};
    case ControlWord::pool:
      command.pool = word;
      return word.empty() ? usage_error(name + " takes one pool") : Status{};
    case ControlWord::worker:
      return word.empty() ? usage_error(name + " takes the number of one worker") : read_worker(word, command);
    case ControlWord::maybe_case:
      command.evidence_case = word;
      return {};
    case ControlWord::route:
      command.route = word;
      return word.empty() ? usage_error(name + " takes one route") : Status{};
  }
  return {};
}

Status read_words(const CommandLine& line, const ControlVerbRow& row, ControlCommand& command) {
  const std::vector<std::string>& words = line.words();
  if (words.size() > 2 && row.word != ControlWord::none) {
    return usage_error(std::string{row.name} + " takes one " + (row.word == ControlWord::route ? "route" : "word") +
                       ", not \"" + words[2] + "\" too");
  }
  if (Status status = read_word(row, words.size() > 1 ? words[1] : "", command); !status.ok()) return status;
  if (row.word != ControlWord::pool_or_worker) {
    return line.has("worker") ? usage_error("--worker is for recycle") : Status{};
  }
  if (command.pool.empty() != line.has("worker")) return usage_error("recycle takes one pool, or --worker");
  return line.has("worker") ? read_worker(line.text("worker"), command) : Status{};
}

// Everything but call goes to the admin pipe, whichever of the two options names it.
std::string pipe_of(const CommandLine& line, ControlVerb verb) {
  if (verb == ControlVerb::call) return line.text("pipe");
  if (line.has("admin-pipe")) return line.text("admin-pipe");
  return line.has("pipe") ? line.text("pipe") : default_admin_pipe;
}

Result<ControlCommand> command_of(const CommandLine& line, ControlVerb verb) {
  ControlCommand command;
  command.verb = verb;
  const auto row = std::ranges::find(control_verbs, verb, &ControlVerbRow::verb);
  if (row == control_verbs.end()) return command;
  if (Status status = read_words(line, *row, command); !status.ok()) return status;
  const bool is_call = verb == ControlVerb::call;
  if (is_call && line.has("json")) return usage_error("--json is not for call");
  if (!is_call && (line.has("in") || line.has("out"))) return usage_error("--in and --out are for call");
  const Result<Duration> deadline = deadline_of(line, default_deadline(verb));
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
  const Result<ControlVerb> verb = line->verb(verbs, verb_names());
  if (!verb) return verb.status();
  return command_of(*line, *verb);
}

std::string control_help() {
  constexpr int usage_width = 22;
  std::ostringstream text;
  text << "plugbrokerctl COMMAND [options]\n\nCommands\n";
  for (const ControlVerbRow& row : control_verbs) {
    const std::string usage = std::string{row.name} + (row.usage.empty() ? "" : " ") + std::string{row.usage};
    text << "  " << std::left << std::setw(usage_width) << usage << row.what << '\n';
  }
  text << "\nA command that changes something prints the state after it.\n\n"
       << described_options()
       << "\nExit codes: 0 good, 1 the call failed or the service refused (why is on standard error), 2 usage, 3 the "
          "service can't be reached.\n";
  return text.str();
}

}  // namespace plugbroker::admin_cli
