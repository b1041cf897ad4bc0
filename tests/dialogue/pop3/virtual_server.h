/// \file
/// VirtualServer: a POP3 server at the end of a line with a delay and a rate,
/// on a clock of its own. Nothing waits; the clock says how long it would have.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "mailtool/base/stream.h"

namespace mailtool::test {

struct VirtualLine {
  std::int64_t round_trip = 0;      ///< microseconds
  double octets_per_second = 1e18;  ///< from the server
};

class VirtualServer : public Stream {
 public:
  /// Yields the answer to one command, without CRLF.
  using Answers = std::function<std::string(const std::string& command)>;
  static constexpr std::int64_t kNever =
      std::numeric_limits<std::int64_t>::max();

  VirtualServer(VirtualLine line, Answers answers);

  Result<std::size_t> read_some(std::span<char> into) override;
  [[nodiscard]] bool readable() override;
  Result<void> write_all(std::string_view octets) override;
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    return TlsInfo{"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, false};
  }
  void set_deadline(std::chrono::milliseconds budget) override {
    deadline_ = now_ + budget.count() * 1000;
  }

  /// Microseconds since the connection was there.
  [[nodiscard]] std::int64_t now() const { return now_; }
  /// Something else took the time.
  void pass(std::int64_t microseconds) { now_ += microseconds; }
  /// From here on nothing arrives after so many octets.
  void stall_after(std::uint64_t octets) { left_ = octets; }
  /// Answers that were under way at the same time, at most.
  [[nodiscard]] std::size_t most_outstanding() const { return most_; }
  [[nodiscard]] const std::vector<std::string>& seen() const { return seen_; }

 private:
  struct Piece {
    std::int64_t arrives;
    std::string octets;
  };
  void say(const std::string& answer);

  VirtualLine line_;
  Answers answers_;
  std::int64_t now_ = 0;
  std::int64_t deadline_ = kNever;
  std::int64_t line_free_ = 0;
  std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
  std::string commands_;
  std::deque<Piece> pieces_;
  std::size_t offset_ = 0;  // in the first
  std::size_t outstanding_ = 0;
  std::size_t most_ = 0;
  std::vector<std::string> seen_;
};

/// Answers of a maildrop with `count` messages of `octets` each, and what CAPA
/// lists.
VirtualServer::Answers maildrop_answers(std::uint32_t count, std::size_t octets,
                                        std::string capabilities);

}  // namespace mailtool::test
