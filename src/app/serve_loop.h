/// \file
/// ServeLoop: all connections of `serve`, in one thread.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/serve_pace.h"
#include "app/served_box.h"
#include "mailtool/net/listener.h"
#include "mailtool/serve/session.h"

namespace mailtool::app {

struct ServeLimits {
  /// Clients at a time; others are told that there are too many. Half of the
  /// descriptors that the process may have, where that is less: each may need
  /// another for a message.
  std::size_t connections = 500;
  std::chrono::milliseconds handshake{60'000};  ///< of TLS, as a whole
};

class ServeLoop {
 public:
  explicit ServeLoop(ServeDisk& disk, const ServeLimits& limits = {});
  ServeLoop(const ServeLoop&) = delete;
  ServeLoop& operator=(const ServeLoop&) = delete;
  ~ServeLoop();

  /// For a client at that address, in digits.
  using MakeSession =
      std::function<std::unique_ptr<serve::Session>(const std::string& peer)>;
  /// `busy`: what is said where there are too many clients, unless TLS comes
  /// first. `implicit_tls`: a handshake does. \pre then there is an identity()
  void listen(net::Listener listener, MakeSession make, std::string busy = {},
              bool implicit_tls = false);
  /// What all servers prove themselves with, asked for at each handshake;
  /// nullptr: there is nothing, and the client is ended. (A session that is
  /// asked for TLS in clear text finds out before it says yes.)
  void identity(
      std::function<std::shared_ptr<const net::TlsIdentity>()> identity) {
    identity_ = std::move(identity);
  }
  /// Octets a second, each way of each connection; 0: as fast as it goes. For
  /// those that come from now on.
  void rate(std::uint64_t octets) { rate_ = octets; }
  /// Called once a second or more often, and after each sync; what it marks on
  /// the disk is synced, and told to the sessions.
  void upkeep(std::function<void()> work) { upkeep_ = std::move(work); }
  /// Calls `readable` whenever the descriptor, which outlives the loop, is.
  void watch(int descriptor, std::function<void()> readable) {
    watched_.push_back({descriptor, std::move(readable)});
  }

  /// Serves until `stop_fd` is readable.
  void run(int stop_fd);
  /// Ends all sessions, and listens no more. Each is told once it has been
  /// answered; those that are not through, or do not read, are cut 200 ms later.
  void dismiss_all();

 private:
  using Clock = std::chrono::steady_clock;
  struct Client {
    net::Connection connection;
    std::unique_ptr<serve::Session> session;
    Clock::time_point heard;
    ServePace pace_in;
    ServePace pace_out;
    std::string in = {};   // what has come and is not taken
    std::string out = {};  // what is to be sent
    bool full = false;  // the last read: TLS may hold more that has come
    std::size_t tried = 0;  // octets that could not be written: no fewer again
    std::optional<Clock::time_point> resume = {};  // when a delay is over
    bool greets = false;  // once TLS is there
    // Since when, where it is at its handshake.
    std::optional<Clock::time_point> shaking = {};
    bool untold = false;  // of a change, since it does not read
    bool ended = false;  // it sends nothing any more
    bool gone = false;
  };
  struct Door {
    net::Listener listener;
    MakeSession make;
    std::string busy;
    bool implicit_tls;
  };
  struct Watched {
    int descriptor;
    std::function<void()> readable;
  };
  /// What of a client to wait for, and no longer than until its time comes.
  pollfd look_at(Client& client, std::chrono::milliseconds& timeout);
  static bool can_go_on(const Client& client);
  void wait(int stop_fd, bool& stop);
  void admit(Door& door);
  void turn_away(Door& door);
  void take(Client& client);
  static void tell(Client& client);
  void hear(Client& client);
  void begin_tls(Client& client);
  void shake(Client& client);
  void go_on(Client& client);
  void send(Client& client);
  void settle();
  static void dismiss(Client& client);
  void hasten(Client& client);

  ServeDisk& disk_;
  std::function<std::shared_ptr<const net::TlsIdentity>()> identity_;
  ServeLimits limits_;
  int spare_ = -1;  // a descriptor for one more client, who is turned away
  std::uint64_t rate_ = 0;
  Clock::time_point admits_from_ = {};  // later where descriptors have run out
  std::function<void()> upkeep_;
  std::vector<Watched> watched_;
  std::vector<Door> doors_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace mailtool::app
