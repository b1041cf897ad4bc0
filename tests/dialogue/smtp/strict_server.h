/// \file
/// StrictServer: a Stream with a small SMTP server behind it, which takes a
/// message by DATA or BDAT and keeps it octet for octet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/stream.h"
#include "mailtool/smtp/command.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool::test {

/// Accepts every sender and recipient. A line that is no command, a reply
/// waited for that will not come, and BDAT where it was not offered are faults.
class StrictServer : public Stream {
 public:
  /// `offers`: the lines of the reply to EHLO, "PIPELINING". What a `distant`
  /// server says is never there until it is waited for.
  explicit StrictServer(std::vector<std::string> offers, bool distant = false);

  Result<std::size_t> read_some(std::span<char> into) override;
  [[nodiscard]] bool readable() override {
    return !distant_ && !replies_.empty();
  }
  Result<void> write_all(std::string_view octets) override;
  Result<void> start_tls() override;
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

  /// The messages taken, as they were before they were stuffed.
  [[nodiscard]] const std::vector<std::string>& messages() const {
    return messages_;
  }
  /// Empty where all was as it should be.
  [[nodiscard]] const std::string& faults() const { return faults_; }
  /// How often the client had to wait for an answer.
  [[nodiscard]] std::size_t round_trips() const { return round_trips_; }
  [[nodiscard]] std::size_t chunks() const { return chunks_; }

 private:
  void take(std::string_view octets);
  std::size_t take_line(std::string_view octets);
  void obey(const smtp::Command& command);
  void end_message();
  void reply(std::string_view line) { replies_ += std::string(line) + "\r\n"; }
  void fault(std::string_view what) { faults_ += std::string(what) + "\n"; }
  [[nodiscard]] bool offered(std::string_view keyword) const;

  enum class State { greeting, commands, data, chunk };
  State state_ = State::greeting;
  std::vector<std::string> offers_;
  bool distant_;
  std::string line_;
  smtp::DataUnstuffer unstuffer_;
  std::uint64_t chunk_left_ = 0;
  bool chunk_last_ = false;
  bool waited_ = false;
  std::string message_;
  std::string replies_;
  std::vector<std::string> messages_;
  std::string faults_;
  std::size_t round_trips_ = 0;
  std::size_t chunks_ = 0;
};

}  // namespace mailtool::test
