/// \file
/// FakeDnsServer: a name server on loopback that says what a test wants.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dns_message.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::net::test {

/// One query as it came.
struct DnsQuery {
  std::string octets;
  std::string name;  ///< case as sent
  RecordType type = RecordType::a;
  bool tcp = false;

  [[nodiscard]] std::string id() const { return octets.substr(0, 2); }
  /// A response to it, without records.
  [[nodiscard]] DnsMessage response() const {
    return DnsMessage(name, type, id());
  }
};

/// Serves UDP and TCP at one port of 127.0.0.1 in a thread of its own.
class FakeDnsServer {
 public:
  /// What to send back: none for silence, several for a liar.
  using Handler = std::function<std::vector<std::string>(const DnsQuery&)>;

  explicit FakeDnsServer(Handler handler);
  ~FakeDnsServer();
  FakeDnsServer(const FakeDnsServer&) = delete;
  FakeDnsServer& operator=(const FakeDnsServer&) = delete;

  [[nodiscard]] Endpoint endpoint() const;
  /// What was asked so far: "udp a.test 15".
  [[nodiscard]] std::vector<std::string> log() const;

 private:
  void serve();
  void serve_udp();
  void serve_tcp();
  std::vector<std::string> handle(std::string octets, bool tcp);

  Handler handler_;
  int udp_ = -1;
  int tcp_ = -1;
  int stop_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> log_;
  std::thread thread_;
};

}  // namespace mailtool::net::test
