/// \file
/// Maildrop: what a POP3 session sees of a user's mail (RFC 1939).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"

namespace mailtool::serve {

/// The messages of one moment; it is one session's alone as long as it lives.
class Maildrop {
 public:
  virtual ~Maildrop() = default;
  /// False while messages of other programs are taken in, which comes by itself;
  /// all below is for when it was true. Fails as the disk does.
  [[nodiscard]] virtual Result<bool> is_ready() { return true; }
  /// Messages are numbered from 0 here.
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Octets, with lines ended by CRLF.
  [[nodiscard]] virtual std::uint64_t octets(std::size_t number) const = 0;
  /// 1 to 70 octets of 0x21 to 0x7e (RFC 1939 section 7).
  [[nodiscard]] virtual std::string unique_id(std::size_t number) const = 0;
  /// With lines ended by CRLF; the source outlives nothing of the maildrop.
  /// Fails where another program has removed the message.
  virtual Result<std::unique_ptr<Source>> open(std::size_t number) = 0;
  /// Begins to remove messages for good. \pre not called before
  virtual void remove(const std::vector<std::size_t>& numbers) = 0;
  /// What became of it; nullopt while that is not known.
  [[nodiscard]] virtual std::optional<Result<void>> outcome() = 0;
};

class Maildrops {
 public:
  virtual ~Maildrops() = default;
  /// Fails with busy while another session has it.
  virtual Result<std::unique_ptr<Maildrop>> open(std::string_view user) = 0;
};

}  // namespace mailtool::serve
