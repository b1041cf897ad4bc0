#include "app/mx_options.h"

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {

Result<std::uint16_t> mx_port(const OptionValues& options) {
  const auto text = options.get_or("mx-port", "25");
  const auto port = parse_number(text, 65535);
  if (port && *port > 0) return static_cast<std::uint16_t>(*port);
  return Error{ErrorKind::usage, "not a port from 1 to 65535",
               "--mx-port " + printable(text, 50)};
}

// mx-tls-policy = "none" / ( "dane" / "mta-sts" ) *( "," ( "dane" / "mta-sts" )
// )
Result<MxOptions> MxOptions::read(const OptionValues& options,
                                  std::uint16_t port) {
  MxOptions read;
  read.port = port;
  if (const auto text = options.get("jobs")) {
    const auto jobs = parse_number(*text, kMostJobs);
    if (!jobs || *jobs == 0) {
      return Error{ErrorKind::usage, "takes a number from 1 to 64", "--jobs"};
    }
    read.jobs = static_cast<unsigned>(*jobs);
  }
  const auto policies = options.get("mx-tls-policy");
  if (!policies) return read;
  read.dane = read.mta_sts = false;
  if (*policies == "none") return read;
  for (const auto word : split(*policies, ',')) {
    if (word == "dane") {
      read.dane = true;
    } else if (word == "mta-sts") {
      read.mta_sts = true;
    } else {
      return Error{ErrorKind::usage, "takes dane, mta-sts, both, or none",
                   "--mx-tls-policy " + printable(*policies, 100)};
    }
  }
  return read;
}

}  // namespace mailtool::app
