/// \file
/// HeaderDomain: the header of a ready message with a domain behind every
/// address, as RFC 5322 section 3.4.1 asks and RFC 6409 section 8 allows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "mailtool/mime/filter.h"

namespace mailtool::app {

/// The value of an address field with "@domain" behind each address that has
/// none: "root (Cron Daemon)" becomes "root@host.example (Cron Daemon)". All
/// else stays octet for octet, line breaks too. A value that is malformed, or
/// whose addresses would not be just the same with their domains, is returned
/// as it is. Linear in its length.
[[nodiscard]] std::string with_domain(std::string_view value,
                                      std::string_view domain);

/// Passes a message on, with From, Sender, Reply-To, To, Cc, Bcc and their
/// Resent- kin made so. Lines keep their number and their ends. A field of more
/// than 256 KiB passes as it is. Memory: one field.
class HeaderDomain : public mime::Filter {
 public:
  /// `out` outlives it.
  HeaderDomain(Sink& out, std::string domain)
      : out_(out), domain_(std::move(domain)) {}

  Result<void> write(std::string_view octets) override;
  /// Does not finish `out`.
  Result<void> finish() override;

 private:
  enum class State : std::uint8_t { header, long_field, body };

  Result<void> take_line(bool whole);
  Result<void> end_field();

  Sink& out_;
  std::string domain_;
  State state_ = State::header;
  std::string field_;      // whole lines of the field so far
  std::string line_;       // the line that is coming in
  bool mid_line_ = false;  // the start of that line was too long to be kept
};

}  // namespace mailtool::app
