// SPDX-License-Identifier: Apache-2.0
// Workers that don't bring .NET with them: by their own program and DOTNET_ROOT, and as `dotnet app.dll`. The .NET that
// they find is laid out, as an installation is, from a worker that was published with its own.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "tests/integration/harness/test_caller.h"
#include "tests/integration/harness/text_encoding.h"

namespace plugbroker::harness {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

constexpr std::string_view runtime_pack = "runtimepack.Microsoft.NETCore.App.Runtime.win-x64/";
constexpr std::string_view framework = "Microsoft.NETCore.App";

std::string text_of(const std::filesystem::path& path) {
  return narrow(path.wstring());
}

json::object object_in(const std::filesystem::path& file) {
  return json::parse(read_whole_file(file)).as_object();
}

/// A folder with an installed .NET and one with a program that needs it.
class DotnetInstallation {
 public:
  DotnetInstallation() {
    std::filesystem::create_directories(app());
    for (const char* name : {"misbehaving_worker.exe", "misbehaving_worker.dll", "PlugBroker.Worker.dll"}) {
      std::filesystem::copy_file(published_ / name, app() / name);
    }
    json::object options{{"tfm", "net10.0"}, {"framework", {{"name", framework}, {"version", version_}}}};
    // As the program was published: there are no ICU libraries under Wine.
    options["configProperties"] = published_options_.at("configProperties");
    write_whole_file(app() / "misbehaving_worker.runtimeconfig.json",
                     json::serialize(json::object{{"runtimeOptions", options}}));
    lay_out_runtime();
  }

  [[nodiscard]] std::filesystem::path root() const { return folder_.path() / "dotnet"; }
  [[nodiscard]] std::filesystem::path app() const { return folder_.path() / "app"; }
  [[nodiscard]] std::filesystem::path shared() const { return root() / "shared" / widen(framework) / widen(version_); }

 private:
  void lay_out_runtime() const {
    const std::filesystem::path host = root() / "host" / "fxr" / widen(version_);
    std::filesystem::create_directories(host);
    std::filesystem::create_directories(shared());
    std::filesystem::copy_file(published_ / "hostfxr.dll", host / "hostfxr.dll");
    std::filesystem::copy_file(test_program("dotnet_stand_in.exe"), root() / "dotnet.exe");

    const json::object dependencies = object_in(published_ / "misbehaving_worker.deps.json");
    const json::string& target = dependencies.at("runtimeTarget").at("name").as_string();
    const json::object& libraries = dependencies.at("targets").at(target).as_object();
    const json::object& pack = libraries.at(std::string(runtime_pack) + version_).as_object();
    for (const char* kind : {"runtime", "native"}) {
      for (const auto& file : pack.at(kind).as_object()) {
        const std::wstring name = widen(file.key());
        std::filesystem::copy_file(published_ / name, shared() / name);
      }
    }
    const std::string library = std::string(framework) + "/" + version_;
    write_whole_file(shared() / (std::string(framework) + ".deps.json"),
                     json::serialize(json::object{
                         {"runtimeTarget", {{"name", target}}},
                         {"targets", {{target, {{library, pack}}}}},
                         {"libraries", {{library, {{"type", "package"}, {"serviceable", true}, {"sha512", ""}}}}}}));
  }

  const std::filesystem::path published_ = misbehaving_worker().parent_path();
  const json::object published_options_ =
      object_in(published_ / "misbehaving_worker.runtimeconfig.json").at("runtimeOptions").as_object();
  const std::string version_ = std::string(published_options_.at("includedFrameworks").at(0).at("version").as_string());
  TestFolder folder_;
};

/// A pool whose one route, named as the pool, says where the worker's .NET is.
PoolText runtime_pool(const std::string& name, std::vector<std::string> command, json::object environment) {
  command.insert(command.end(), {"runtime", name});
  return {.name = name,
          .command = std::move(command),
          .routes = {name},
          .settings = workers(1),
          .environment = std::move(environment)};
}

TEST(FrameworkDependentWorker, IsStartedByItsOwnProgramWithDotnetRootAndByDotnet) {
  const DotnetInstallation dotnet;
  InstalledService service(
      {.pools = {runtime_pool("by_program", {text_of(dotnet.app() / "misbehaving_worker.exe")},
                              {{"DOTNET_ROOT", text_of(dotnet.root())}}),
                 runtime_pool("by_dotnet",
                              {text_of(dotnet.root() / "dotnet.exe"), text_of(dotnet.app() / "misbehaving_worker.dll")},
                              {})}});
  service.start();

  const CallReport by_program = call(service, "by_program", "");
  const CallReport by_dotnet = call(service, "by_dotnet", "");

  EXPECT_EQ(by_program.status, "ok");
  EXPECT_THAT(by_program.reply, testing::StartsWith(text_of(dotnet.shared())));
  EXPECT_EQ(by_dotnet.status, "ok");
  EXPECT_THAT(by_dotnet.reply, testing::StartsWith(text_of(dotnet.shared())));
}

TEST(FrameworkDependentWorker, WithoutDotnetSaysInTheLogWhatIsMissing) {
  const DotnetInstallation dotnet;
  PoolText astray = runtime_pool("astray", {text_of(dotnet.app() / "misbehaving_worker.exe")},
                                 {{"DOTNET_ROOT", text_of(dotnet.app())}});
  astray.settings["restart_backoff_min"] = "1h";
  astray.settings["restart_backoff_max"] = "1h";
  InstalledService service({.pools = {astray}});
  service.start_without_ready_workers();

  service.wait_for_log_line({"worker_output", "pool=astray", ".NET"});
  service.wait_for_log_line({"worker_exited", "pool=astray"});

  EXPECT_EQ(call(service, "astray", "").status, "unavailable");
}

}  // namespace
}  // namespace plugbroker::harness
