// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <windows.h>

#include <winsvc.h>

#include <cstdint>
#include <string>

namespace plugbroker::harness {

/// What the service control manager says of a service. Throws HarnessError on whatever it refuses.
class ServiceControl {
 public:
  explicit ServiceControl(std::string name);
  ServiceControl(const ServiceControl&) = delete;
  ServiceControl& operator=(const ServiceControl&) = delete;
  ~ServiceControl();

  [[nodiscard]] bool installed() const;
  /// SERVICE_RUNNING and so on.
  [[nodiscard]] std::uint32_t state() const;
  [[nodiscard]] std::uint32_t process_id() const;
  /// The exit code it stopped with: the service's own when it gave one, else Windows'.
  [[nodiscard]] std::uint32_t exit_code() const;

  void start();
  /// How often it has told the control manager that it goes on, in the state it is in.
  [[nodiscard]] std::uint32_t checkpoint() const;

  /// Sends any control; returns the error, or NO_ERROR.
  [[nodiscard]] std::uint32_t send(std::uint32_t control);
  /// Changes how it is started next.
  void add_to_command_line(const std::string& text);

  /// Starts it and waits until it has stopped by itself.
  void start_and_expect_stop();
  /// Throws HarnessError when it stops, or hangs, before it runs.
  void wait_for_running() const;
  void wait_for_stopped() const;
  /// Asks it to stop and waits until it has. Harmless when it does not run.
  void stop();
  void remove();
  /// Says that the parameters of the service have changed; returns when the control manager has passed it on.
  void parameters_changed();

 private:
  [[nodiscard]] SERVICE_STATUS_PROCESS query() const;

  std::string name_;
  SC_HANDLE manager_ = nullptr;
};

}  // namespace plugbroker::harness
