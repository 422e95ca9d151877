// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config/setting_cases.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "broker_core/base/duration_text.h"

namespace plugbroker::config {
namespace {

std::string of(const std::string& text) {
  return text;
}
std::string of(std::uint64_t number) {
  return std::to_string(number);
}
std::string of_bool(bool truth) {
  return truth ? "true" : "false";
}
std::string of(Duration duration) {
  return duration_text(duration);
}
std::string of(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += '<' + text + '>';
  return joined;
}
std::string of(const std::map<std::string, std::string>& texts) {
  std::string joined;
  for (const auto& [name, text] : texts) joined += '<' + name + '=' + text + '>';
  return joined;
}
template <class Enumeration>
std::string of_enumeration(Enumeration value) {
  return std::to_string(static_cast<int>(value));
}

using C = const BrokerConfig&;
const PoolConfig& pool(C config) {
  return config.pools.at(0);
}

constexpr std::array broker_cases{
    SettingCase{"/pipe", R"(\\.\pipe\PlugBroker)", R"("\\\\.\\pipe\\A")", R"(\\.\pipe\A)",
                [](C c) { return of(c.pipe); }},
    SettingCase{"/admin_pipe", R"(\\.\pipe\PlugBroker.Admin)", R"("\\\\.\\pipe\\B")", R"(\\.\pipe\B)",
                [](C c) { return of(c.admin_pipe); }},
    SettingCase{"/ready_timeout", "30s", R"("0s")", "0s", [](C c) { return of(c.ready_timeout); }},
    SettingCase{"/stop_grace", "20s", R"("10m")", "10m", [](C c) { return of(c.stop_grace); }},
    SettingCase{"/shutdown_grace", "5s", R"("0s")", "0s", [](C c) { return of(c.shutdown_grace); }},
    SettingCase{"/self_probe_interval", "1m", R"("200ms")", "200ms", [](C c) { return of(c.self_probe_interval); }},
    SettingCase{"/token_check", "0", R"("report")", "1", [](C c) { return of_enumeration(c.token_check); }},
    SettingCase{"/log/folder", "", R"("D:\\L")", R"(D:\L)", [](C c) { return of(c.log.folder); }},
    SettingCase{"/log/level", "1", R"("error")", "3", [](C c) { return of_enumeration(c.log.level); }},
    SettingCase{"/log/max_file_bytes", "10485760", "4096", "4096", [](C c) { return of(c.log.max_file_bytes); }},
    SettingCase{"/log/max_files", "10", "1000", "1000", [](C c) { return of(c.log.max_files); }},
    SettingCase{"/limits/max_payload_bytes", "67108864", "1", "1", [](C c) { return of(c.limits.max_payload_bytes); }},
    SettingCase{"/limits/max_sessions", "16384", "65536", "65536", [](C c) { return of(c.limits.max_sessions); }},
    SettingCase{"/limits/max_streams_per_session", "256", "4096", "4096",
                [](C c) { return of(c.limits.max_streams_per_session); }},
    SettingCase{"/limits/max_queued_bytes", "1073741824", "1099511627776", "1099511627776",
                [](C c) { return of(c.limits.max_queued_bytes); }},
    SettingCase{"/quotas/max_sessions", "4096", "1", "1", [](C c) { return of(c.quotas.max_sessions); }},
    SettingCase{"/quotas/max_calls", "4096", "1000000", "1000000", [](C c) { return of(c.quotas.max_calls); }},
    SettingCase{"/quotas/max_queued_bytes", "268435456", "1048576", "1048576",
                [](C c) { return of(c.quotas.max_queued_bytes); }},
    SettingCase{"/quotas/hello_rate", "200", "100000", "100000", [](C c) { return of(c.quotas.hello_rate); }},
    SettingCase{"/quotas/hello_burst", "2000", "1", "1", [](C c) { return of(c.quotas.hello_burst); }},
    SettingCase{"/limits/hello_timeout", "2s", R"("100ms")", "100ms", [](C c) { return of(c.limits.hello_timeout); }},
    SettingCase{"/flow_control/stream_window_bytes", "131072", "4128", "4128",
                [](C c) { return of(c.flow_control.stream_window_bytes); }},
    SettingCase{"/flow_control/stream_window_max_bytes", "1048576", "16777216", "16777216",
                [](C c) { return of(c.flow_control.stream_window_max_bytes); }},
    SettingCase{"/flow_control/connection_window_bytes", "1048576", "1073741824", "1073741824",
                [](C c) { return of(c.flow_control.connection_window_bytes); }},
    SettingCase{"/flow_control/window_growth_bytes", "4194304", "0", "0",
                [](C c) { return of(c.flow_control.window_growth_bytes); }},
    SettingCase{"/evidence/folder", "", R"("\\\\server\\share")", R"(\\server\share)",
                [](C c) { return of(c.evidence.folder); }},
    SettingCase{"/evidence/max_cases", "20", "0", "0", [](C c) { return of(c.evidence.max_cases); }},
    SettingCase{"/evidence/max_dump_bytes", "268435456", "1099511627776", "1099511627776",
                [](C c) { return of(c.evidence.max_dump_bytes); }},
    SettingCase{"/evidence/dump_timeout", "10s", R"("1m")", "1m", [](C c) { return of(c.evidence.dump_timeout); }},
};

constexpr std::array pool_cases{
    SettingCase{"/pools/*/command", R"(<C:\w.exe>)", R"(["D:\\v.exe","a b"])", R"(<D:\v.exe><a b>)",
                [](C c) { return of(pool(c).command); }},
    SettingCase{"/pools/*/working_directory", "", R"("D:/w")", "D:/w",
                [](C c) { return of(pool(c).working_directory); }},
    SettingCase{"/pools/*/environment", "", R"({"A":"1","b":""})", "<A=1><b=>",
                [](C c) { return of(pool(c).environment); }},
    SettingCase{"/pools/*/routes", "<r><s>", R"(["s","r","x/y"])", "<s><r><x/y>",
                [](C c) { return of(pool(c).routes); }},
    SettingCase{"/pools/*/idempotent_routes", "", R"(["s"])", "<s>", [](C c) { return of(pool(c).idempotent_routes); }},
    SettingCase{"/pools/*/access", "D:(A;;0x1;;;AU)", R"x("D:P(A;;GX;;;S-1-5-18)(D;;1;;;IU)")x",
                "D:P(A;;GX;;;S-1-5-18)(D;;1;;;IU)", [](C c) { return of(pool(c).access); }},
    SettingCase{"/pools/*/route_access", "", R"x({"r":"D:(A;;0x1;;;SY)"})x", "<r=D:(A;;0x1;;;SY)>",
                [](C c) { return of(pool(c).route_access); }},
    SettingCase{"/pools/*/min_workers", "1", "0", "0", [](C c) { return of(pool(c).min_workers); }},
    SettingCase{"/pools/*/max_workers", "4", "256", "256", [](C c) { return of(pool(c).max_workers); }},
    SettingCase{"/pools/*/spare_workers", "0", "4", "4", [](C c) { return of(pool(c).spare_workers); }},
    SettingCase{"/pools/*/max_concurrent_starts", "4", "256", "256",
                [](C c) { return of(pool(c).max_concurrent_starts); }},
    SettingCase{"/pools/*/max_surge", "1", "0", "0", [](C c) { return of(pool(c).max_surge); }},
    SettingCase{"/pools/*/idle_timeout", "0s", R"("24h")", "24h", [](C c) { return of(pool(c).idle_timeout); }},
    SettingCase{"/pools/*/concurrency", "1", "1024", "1024", [](C c) { return of(pool(c).concurrency); }},
    SettingCase{"/pools/*/sticky_sessions", "false", "true", "true",
                [](C c) { return of_bool(pool(c).sticky_sessions); }},
    SettingCase{"/pools/*/queue_limit", "1000", "1000000", "1000000", [](C c) { return of(pool(c).queue_limit); }},
    SettingCase{"/pools/*/queue_timeout", "0s", R"("1ms")", "1ms", [](C c) { return of(pool(c).queue_timeout); }},
    SettingCase{"/pools/*/execution_limit", "0s", R"("24h")", "24h", [](C c) { return of(pool(c).execution_limit); }},
    SettingCase{"/pools/*/start_timeout", "30s", R"("10m")", "10m", [](C c) { return of(pool(c).start_timeout); }},
    SettingCase{"/pools/*/stop_timeout", "5s", R"("0s")", "0s", [](C c) { return of(pool(c).stop_timeout); }},
    SettingCase{"/pools/*/cancel_grace", "5s", R"("0ms")", "0s", [](C c) { return of(pool(c).cancel_grace); }},
    SettingCase{"/pools/*/ping_interval", "10s", R"("0s")", "0s", [](C c) { return of(pool(c).ping_interval); }},
    SettingCase{"/pools/*/ping_timeout", "10s", R"("100ms")", "100ms", [](C c) { return of(pool(c).ping_timeout); }},
    SettingCase{"/pools/*/restart_backoff_min", "250ms", R"("10ms")", "10ms",
                [](C c) { return of(pool(c).restart_backoff_min); }},
    SettingCase{"/pools/*/restart_backoff_max", "30s", R"("24h")", "24h",
                [](C c) { return of(pool(c).restart_backoff_max); }},
    SettingCase{"/pools/*/token", "0", R"("inherit")", "2", [](C c) { return of_enumeration(pool(c).token); }},
    SettingCase{"/pools/*/dump", "1", R"("full")", "2", [](C c) { return of_enumeration(pool(c).dump); }},

    SettingCase{"/pools/*/recycle/after_calls", "0", "1000000000", "1000000000",
                [](C c) { return of(pool(c).recycle.after_calls); }},
    SettingCase{"/pools/*/recycle/after_age", "0s", R"("8760h")", "8760h",
                [](C c) { return of(pool(c).recycle.after_age); }},
    SettingCase{"/pools/*/recycle/private_bytes", "0", "16777216", "16777216",
                [](C c) { return of(pool(c).recycle.private_bytes); }},
    SettingCase{"/pools/*/recycle/at", "", R"(["23:59","00:00"])", "<23:59><00:00>",
                [](C c) { return of(pool(c).recycle.at); }},
    SettingCase{"/pools/*/recycle/on_file_change", "false", "true", "true",
                [](C c) { return of_bool(pool(c).recycle.on_file_change); }},
    SettingCase{"/pools/*/recycle/file_quiet_period", "2s", R"("10m")", "10m",
                [](C c) { return of(pool(c).recycle.file_quiet_period); }},
    SettingCase{"/pools/*/breaker/failures", "5", "1000", "1000", [](C c) { return of(pool(c).breaker.failures); }},
    SettingCase{"/pools/*/breaker/window", "5m", R"("1s")", "1s", [](C c) { return of(pool(c).breaker.window); }},
    SettingCase{"/pools/*/breaker/probe_after", "10s", R"("5m")", "5m",
                [](C c) { return of(pool(c).breaker.probe_after); }},
    SettingCase{"/pools/*/breaker/probe_after_max", "5m", R"("10s")", "10s",
                [](C c) { return of(pool(c).breaker.probe_after_max); }},
    SettingCase{"/pools/*/process/priority", "normal", R"("below_normal")", "below_normal",
                [](C c) { return of(pool(c).process.priority); }},
    SettingCase{"/pools/*/process/affinity_mask", "0", "9223372036854775807", "9223372036854775807",
                [](C c) { return of(pool(c).process.affinity_mask); }},
    SettingCase{"/pools/*/process/max_memory_bytes", "0", "1099511627776", "1099511627776",
                [](C c) { return of(pool(c).process.max_memory_bytes); }},
    SettingCase{"/pools/*/process/max_cpu_percent", "0", "100", "100",
                [](C c) { return of(pool(c).process.max_cpu_percent); }},
    SettingCase{"/pools/*/process/max_processes", "0", "10000", "10000",
                [](C c) { return of(pool(c).process.max_processes); }},
};

}  // namespace

std::span<const SettingCase> broker_setting_cases() {
  return broker_cases;
}

std::span<const SettingCase> pool_setting_cases() {
  return pool_cases;
}

std::vector<SettingCase> all_setting_cases() {
  std::vector<SettingCase> cases{broker_cases.begin(), broker_cases.end()};
  cases.insert(cases.end(), pool_cases.begin(), pool_cases.end());
  return cases;
}

std::string place_of(std::string_view path) {
  std::string place{path};
  const std::size_t star = place.find('*');
  return star == std::string::npos ? place : place.replace(star, 1, "p");
}

std::string config_with(std::string_view path, const boost::json::value& value) {
  boost::json::value document = boost::json::parse(R"({"pools":{"p":{"command":["C:\\w.exe"],"routes":["r","s"]}}})");
  boost::json::value* at = &document;
  std::string rest = place_of(path).substr(1);
  for (std::size_t end = rest.find('/'); end != std::string::npos; end = rest.find('/')) {
    boost::json::object& object = at->get_object();
    at = &object[rest.substr(0, end)];
    if (at->is_null()) at->emplace_object();
    rest.erase(0, end + 1);
  }
  at->get_object()[rest] = value;
  return boost::json::serialize(document);
}

}  // namespace plugbroker::config
