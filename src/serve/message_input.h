/// \file
/// MessageInput: the octets of a message as a server takes them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/serve/smtp_backend.h"
#include "mailtool/smtp/data_stuffing.h"
#include "serve/hop_count.h"
#include "serve/text_check.h"

namespace mailtool::serve {

/// Passes a message on until something is wrong with it; the rest is swallowed,
/// since the client sends it in any case.
class MessageInput {
 public:
  enum class Fault : std::uint8_t {
    none,
    too_large,
    bare_lf,  ///< as TextCheck has it, and so are the next two
    bare_cr,
    nul,
    loop,  ///< as many Received fields as no way has
    not_stored,
  };

  MessageInput(std::unique_ptr<Incoming> into, std::uint64_t max_octets)
      : into_(std::move(into)), max_octets_(max_octets) {}

  /// What follows DATA: returns how many octets were used; all of them until
  /// done().
  std::size_t feed_data(std::string_view wire);
  [[nodiscard]] bool done() const { return unstuffer_.done(); }
  /// What follows BDAT.
  void feed_chunk(std::string_view octets);

  /// The message is whole; a last line without its end is given one. Where nothing was wrong, `outcome()` tells the rest.
  Fault end();
  [[nodiscard]] std::optional<Result<void>> outcome() {
    return into_->outcome();
  }

 private:
  void take(std::string_view text);
  [[nodiscard]] Fault wrong_line_end() const;

  std::unique_ptr<Incoming> into_;
  std::uint64_t max_octets_;
  std::uint64_t octets_ = 0;
  smtp::DataUnstuffer unstuffer_;
  std::string buffer_;
  TextCheck check_;
  HopCount hops_;
  Fault fault_ = Fault::none;
};

}  // namespace mailtool::serve
