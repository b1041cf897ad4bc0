/// \file
/// The options of direct delivery: --jobs, --mx-tls-policy, --mx-port.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "app/option_values.h"
#include "mailtool/base/result.h"
#include "mailtool/net/ip_address.h"

namespace mailtool::app {

/// --mx-port: 1..65535, 25 unless given. Fails with usage.
Result<std::uint16_t> mx_port(const OptionValues& options);

struct MxOptions {
  std::uint16_t port = 25;
  unsigned jobs = 4;    ///< groups delivered side by side: 1..kMostJobs
  bool dane = true;     ///< TLSA records are looked up
  bool mta_sts = true;  ///< MTA-STS policies are looked up
  /// Where mail for a domain (A-labels, lower case) goes, and no name server is
  /// asked about it.
  std::map<std::string, net::Endpoint, std::less<>> servers = {};

  static constexpr unsigned kMostJobs = 64;

  /// Fails with usage. `port` is given, not read.
  static Result<MxOptions> read(const OptionValues& options,
                                std::uint16_t port);
};

}  // namespace mailtool::app
