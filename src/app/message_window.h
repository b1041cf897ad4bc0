/// \file
/// MessageWindow: the octets of a message that is still at hand, again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/parse_input.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// Gives octets from the window that was read last where they lie in it, else
/// from the file, or from what was kept of a pipe.
class MessageWindow : public RandomAccess {
 public:
  explicit MessageWindow(std::string folder) : spool_(std::move(folder)) {}

  /// Begins an input. `descriptor` is that of a file that can be read anywhere;
  /// -1: keep() is told of every octet of a message that leaves the window.
  void open(int descriptor) {
    descriptor_ = descriptor;
    kept_begin_ = kept_end_ = 0;
  }
  /// What is in memory now, and its place in the input.
  void show(std::string_view octets, std::uint64_t offset) {
    window_ = octets;
    offset_ = offset;
  }
  [[nodiscard]] bool keeps() const { return descriptor_ < 0; }
  /// Keeps the octets up to `to`, which are in the window, of the message that
  /// begins at `message`; those of others are forgotten. Fails as Spool does.
  Result<void> keep(std::uint64_t message, std::uint64_t to);

  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override;

 private:
  int descriptor_ = -1;
  std::string_view window_;
  std::uint64_t offset_ = 0;
  store::Spool spool_;
  std::uint64_t kept_begin_ = 0;
  std::uint64_t kept_end_ = 0;
};

}  // namespace mailtool::app
