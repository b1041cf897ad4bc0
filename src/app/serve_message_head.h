/// \file
/// MessageHead: the beginning of a message on its way in, for what its header
/// says.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailtool::app {

/// Bounded, whatever the message is.
class MessageHead {
 public:
  static constexpr std::size_t kOctets = 64 * 1024;

  /// The next octets of the message; those beyond kOctets are left out.
  void add(std::string_view octets);
  [[nodiscard]] std::string_view octets() const { return octets_; }
  /// The value of the first field of that name, unfolded and decoded; empty:
  /// there is none.
  [[nodiscard]] std::string field(std::string_view name) const;

 private:
  std::string octets_;
};

}  // namespace mailtool::app
