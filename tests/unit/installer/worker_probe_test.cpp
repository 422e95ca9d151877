// SPDX-License-Identifier: Apache-2.0
#include "installer/worker_probe.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/scratch_folder.h"

namespace plugbroker::installer {
namespace {

class WorkerProbe : public ::testing::Test {
 protected:
  WorkerProbe() { pool_.name = "p"; }

  void write(const std::filesystem::path& path, const std::string& text) const {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }

  /// A program that needs an installed .NET of this version.
  void make_dependent_app(const std::string& version) {
    write(app_ / "w.exe", "");
    write(app_ / "w.dll", "");
    write(app_ / "w.runtimeconfig.json",
          R"({"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":")" + version + "\"}}}");
    pool_.command = {(app_ / "w.exe").string()};
  }

  void install_dotnet(const std::string& version) const {
    write(dotnet_ / "dotnet.exe", "");
    std::filesystem::create_directories(dotnet_ / "shared" / "Microsoft.NETCore.App" / version);
  }

  const test::ScratchFolder scratch_;
  const std::filesystem::path app_ = scratch_.path() / "app";
  const std::filesystem::path dotnet_ = scratch_.path() / "dotnet";
  config::PoolConfig pool_;
};

TEST_F(WorkerProbe, SaysThatAProgramIsMissing) {
  pool_.command = {(app_ / "none.exe").string()};

  EXPECT_FALSE(probe_worker(pool_, {}).exists);
}

TEST_F(WorkerProbe, AsksForNoDotnetWhenAProgramBringsItsOwn) {
  write(app_ / "w.exe", "");
  write(app_ / "w.runtimeconfig.json", R"({"runtimeOptions":{"includedFrameworks":[]}})");
  pool_.command = {(app_ / "w.exe").string()};

  const WorkerFact fact = probe_worker(pool_, {});

  EXPECT_TRUE(fact.exists);
  EXPECT_EQ(fact.needs, "");
}

TEST_F(WorkerProbe, FindsTheDotnetThatThePoolNames) {
  make_dependent_app("10.0.1");
  install_dotnet("10.0.3");
  pool_.environment["DOTNET_ROOT"] = dotnet_.string();

  const WorkerFact fact = probe_worker(pool_, {});

  EXPECT_EQ(fact.needs, "Microsoft.NETCore.App 10.0.1");
  EXPECT_TRUE(fact.dotnet_found) << fact.dotnet_looked_in;
}

TEST_F(WorkerProbe, FindsTheDotnetThatThePoolStarts) {
  make_dependent_app("10.0.1");
  install_dotnet("10.0.3");
  pool_.command = {(dotnet_ / "dotnet.exe").string(), (app_ / "w.dll").string()};

  EXPECT_TRUE(probe_worker(pool_, {}).dotnet_found);
}

TEST_F(WorkerProbe, SaysThatTheDotnetIsTooOld) {
  make_dependent_app("10.0.1");
  install_dotnet("9.0.3");
  pool_.environment["DOTNET_ROOT"] = dotnet_.string();

  const WorkerFact fact = probe_worker(pool_, {});

  EXPECT_FALSE(fact.dotnet_found);
  EXPECT_EQ(fact.dotnet_looked_in, dotnet_.string());
}

}  // namespace
}  // namespace plugbroker::installer
