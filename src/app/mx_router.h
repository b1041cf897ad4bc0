/// \file
/// MxRouter: from a domain to its mail exchangers, and what TLS has to prove at
/// each: DANE before MTA-STS before what the user asks for.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/connect.h"
#include "app/mx_options.h"
#include "app/mx_plan.h"
#include "app/mx_sts.h"

namespace mailtool::app {

struct MxRoute {
  std::vector<MxHost> hosts;   ///< in the order they are tried
  std::optional<Error> error;  ///< why there are none
  std::vector<std::string> notes;
};

/// Safe to use from many threads.
class MxRouter {
 public:
  /// A route is asked for again after this long.
  static constexpr std::chrono::seconds kKept{300};

  /// `connector` outlives it.
  MxRouter(Connector& connector, const MxOptions& options);

  /// `domain` is in A-labels and lower case, or an address literal.
  MxRoute find(const std::string& domain);

  /// True where `domain` says that it takes no mail (RFC 7505). False also
  /// where there is no telling.
  [[nodiscard]] bool takes_no_mail(const std::string& domain) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Known {
    MxRoute route;
    Clock::time_point found;
  };

  MxRoute look_up(const std::string& domain);
  [[nodiscard]] MxTls by_options() const;
  void apply_dane(const net::MailHost& found, const std::string& domain,
                  MxHost& host) const;
  void apply_sts(const std::string& domain,
                 const std::optional<std::string>& announced, MxRoute& route);
  [[nodiscard]] bool follows_policies() const;

  Connector& connector_;
  MxOptions options_;
  bool trusted_ = false;  // the resolver: its AD bit is worth something
  StsPolicies sts_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace mailtool::app
