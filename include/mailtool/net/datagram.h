/// \file
/// DatagramServer: questions and answers over UDP, without waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net {

class DatagramServer {
 public:
  /// Port 0: any that is free. Fails with unreachable where the address is not
  /// ours, busy where the port is taken, no_permission, system.
  static Result<DatagramServer> open(const Endpoint& endpoint);
  DatagramServer(DatagramServer&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DatagramServer& operator=(DatagramServer&&) = delete;
  ~DatagramServer();

  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// Gives each datagram that has come, at most a hundred, to `answer`, and
  /// sends what that returns to whence it came. An answer for which there is no
  /// room is lost, as datagrams are.
  using Answer =
      std::function<std::optional<std::string>(std::string_view datagram)>;
  void serve(const Answer& answer);

 private:
  explicit DatagramServer(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace mailtool::net
