/// \file
/// DnsChannel: one c-ares channel, for one round of questions by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"
#include "mailtool/net/resolver.h"

struct ares_channeldata;

namespace mailtool::net {

/// What c-ares made of one query.
struct Exchange {
  bool done = false;
  int status = 0;       ///< ARES_SUCCESS: `message` is the response, unread
  std::string message;  ///< whatever its rcode
};

enum class Transport : bool { udp_first, tcp };
/// Whether a server that says SERVFAIL or REFUSED ends the look-up, or the next
/// server is asked (c-ares then hides what was said).
enum class OnRefusal : bool { report, next_server };

class DnsChannel {
 public:
  using Clock = RunLimits::Clock;

  /// Fails with unresolved (no resolver configuration) or system.
  static Result<std::unique_ptr<DnsChannel>> open(
      const ResolverOptions& options, Transport transport,
      OnRefusal on_refusal);
  ~DnsChannel();
  DnsChannel(const DnsChannel&) = delete;
  DnsChannel& operator=(const DnsChannel&) = delete;

  /// Starts one query; `exchange` outlives the channel.
  void send(const std::string& query, Exchange& exchange);
  /// Carries on until something happened or `until` is reached. Fails with
  /// interrupted, and with timed_out at the end of the run.
  Result<void> step(Clock::time_point until);
  [[nodiscard]] std::size_t server_count() const;
  /// False where there is no server at all.
  [[nodiscard]] bool all_on_loopback() const;
  [[nodiscard]] std::vector<std::string> domains() const;

 private:
  explicit DnsChannel(const RunLimits& run) : run_(run) {}
  RunLimits run_;
  ares_channeldata* channel_ = nullptr;
};

}  // namespace mailtool::net
