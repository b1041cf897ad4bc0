/// \file
/// HostileServer: an IMAP server that says what it says, whatever it is asked.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>

#include "mailtool/base/stream.h"

namespace mailtool::test {

/// `text`, at most `chunk` octets at a time. Aborts where a command of the
/// client holds a line end that ends it early.
class HostileServer : public Stream {
 public:
  HostileServer(std::string_view text, std::size_t chunk)
      : rest_(text), chunk_(chunk) {}
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min({into.size(), chunk_, rest_.size()});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    return count;
  }
  Result<void> write_all(std::string_view octets) override {
    // Only the announcement of a literal may end a line within a command; no
    // literal of these tests holds a line end.
    if (!octets.ends_with("\r\n")) std::abort();
    octets.remove_suffix(2);
    for (auto at = octets.find_first_of("\r\n"); at != octets.npos;
         at = octets.find_first_of("\r\n", at + 2)) {
      const bool announced = at > 0 && octets[at - 1] == '}' &&
                             octets.substr(at, 2) == "\r\n";
      if (!announced) std::abort();
    }
    return {};
  }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

 private:
  std::string_view rest_;
  std::size_t chunk_;
};

/// What a fuzzer's input says: its first octet how much comes at a time, the
/// rest the text. \pre `input` is not empty
inline HostileServer hostile_server(std::string_view input) {
  return {input.substr(1), input[0] == '1' ? std::size_t{1} : 4096};
}

}  // namespace mailtool::test
