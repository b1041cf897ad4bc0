/// \file
/// The options of direct delivery: --jobs, --mx-tls-policy, --mx-port.
#pragma once

#include <cstdint>

#include "app/option_values.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// --mx-port: 1..65535, 25 unless given. Fails with usage.
Result<std::uint16_t> mx_port(const OptionValues& options);

struct MxOptions {
  std::uint16_t port = 25;
  unsigned jobs = 4;    ///< groups delivered side by side: 1..kMostJobs
  bool dane = true;     ///< TLSA records are looked up
  bool mta_sts = true;  ///< MTA-STS policies are looked up

  static constexpr unsigned kMostJobs = 64;

  /// Fails with usage. `port` is given, not read.
  static Result<MxOptions> read(const OptionValues& options,
                                std::uint16_t port);
};

}  // namespace mailtool::app
