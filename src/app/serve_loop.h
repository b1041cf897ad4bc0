/// \file
/// ServeLoop: all connections of `serve`, in one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/served_box.h"
#include "mailtool/net/listener.h"
#include "mailtool/serve/session.h"

namespace mailtool::app {

class ServeLoop {
 public:
  /// Most connections at a time; others wait in the listeners.
  static constexpr std::size_t kMaxConnections = 500;

  explicit ServeLoop(ServeDisk& disk) : disk_(disk) {}

  using MakeSession = std::function<std::unique_ptr<serve::Session>()>;
  /// `implicit_tls`: a handshake comes first. \pre then there is an identity()
  void listen(net::Listener listener, MakeSession make,
              bool implicit_tls = false);
  /// What all servers prove themselves with.
  void identity(std::shared_ptr<const net::TlsIdentity> identity) {
    identity_ = std::move(identity);
  }
  /// A client that is silent for so long is bidden farewell; half an hour, as
  /// RFC 9051 section 5.4 asks for, unless set.
  void idle_limit(std::chrono::seconds limit) { idle_limit_ = limit; }

  /// Serves until `stop_fd` is readable.
  void run(int stop_fd);

 private:
  using Clock = std::chrono::steady_clock;
  struct Client {
    net::Connection connection;
    std::unique_ptr<serve::Session> session;
    Clock::time_point heard;
    std::string in = {};   // what has come and is not taken
    std::string out = {};  // what is to be sent
    bool greets = false;  // once TLS is there
    // Since when, where it is at its handshake.
    std::optional<Clock::time_point> shaking = {};
    bool ended = false;  // it sends nothing any more
    bool gone = false;
  };
  struct Door {
    net::Listener listener;
    MakeSession make;
    bool implicit_tls;
  };
  void wait(int stop_fd, bool& stop);
  void admit(Door& door);
  void hear(Client& client);
  void begin_tls(Client& client);
  void shake(Client& client);
  [[nodiscard]] static short events(const Client& client);
  void go_on(Client& client);
  void send(Client& client);
  void settle();

  ServeDisk& disk_;
  std::shared_ptr<const net::TlsIdentity> identity_;
  std::chrono::seconds idle_limit_{1800};
  std::vector<Door> doors_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace mailtool::app
