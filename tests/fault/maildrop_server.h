/// \file
/// MaildropServer: a POP3 server behind a Stream, in the client's own process,
/// whose maildrop outlives that process.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mailtool/base/stream.h"

namespace mailtool::test {

struct StoredMessage {
  std::string uid;      ///< empty: UIDL leaves it out
  std::string content;  ///< CRLF line ends
};

/// Messages and what was deleted of them. The marks lie in shared memory: what
/// a forked client deletes before it is killed stays deleted.
class SharedMaildrop {
 public:
  explicit SharedMaildrop(std::vector<StoredMessage> messages);
  ~SharedMaildrop();
  SharedMaildrop(const SharedMaildrop&) = delete;
  SharedMaildrop& operator=(const SharedMaildrop&) = delete;

  [[nodiscard]] const std::vector<StoredMessage>& messages() const {
    return messages_;
  }
  void add(StoredMessage message) { messages_.push_back(std::move(message)); }
  void set_uid(std::size_t index, std::string uid) {
    messages_[index].uid = std::move(uid);
  }
  [[nodiscard]] bool deleted(std::size_t index) const {
    return deleted_[index] != 0;
  }
  void remove(std::size_t index) { deleted_[index] = 1; }
  [[nodiscard]] std::size_t left() const;

 private:
  static constexpr std::size_t kMaxMessages = 4096;
  std::vector<StoredMessage> messages_;
  volatile char* deleted_;
};

/// How the server misbehaves, on the first connection of a run.
struct ServerFaults {
  bool accepts_again = true;         ///< a second connection
  bool stays_faulty = false;         ///< on that one too
  std::size_t cut_after = SIZE_MAX;  ///< octets sent, then the line is gone
  bool loses_quit = false;           ///< the line is gone before QUIT arrives
  bool no_pipelining = false;
  bool no_uidl = false;
  bool lists_nothing = false;    ///< for once
  bool expires_at_once = false;  ///< QUIT deletes what was retrieved
  bool refuses_quit = false;
  bool no_top = false;
  std::set<std::uint32_t> refuses_retr;  ///< numbers: plain -ERR
  std::set<std::uint32_t> cuts_in;  ///< the line is gone in half the message
  std::set<std::uint32_t> refuses_dele;
  std::set<std::uint32_t> sends_nothing;     ///< +OK and an empty message
  std::uint64_t size_bias = 0;               ///< added to what LIST says
  std::function<void(std::size_t)> on_sent;  ///< told how much went out so far
};

/// One session. Deletions happen when QUIT is read, as RFC 1939 has it.
class MaildropServer : public Stream {
 public:
  MaildropServer(SharedMaildrop& maildrop, ServerFaults faults);

  Result<std::size_t> read_some(std::span<char> into) override;
  Result<void> write_all(std::string_view octets) override;
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override {
    return TlsInfo{"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, false};
  }
  void set_deadline(std::chrono::milliseconds) override {}

  /// Commands as they came, secrets and all.
  [[nodiscard]] const std::vector<std::string>& seen() const { return seen_; }
  [[nodiscard]] std::size_t seen(std::string_view verb) const;
  [[nodiscard]] std::size_t sent_octets() const { return sent_; }

 private:
  void answer(const std::string& command);
  void answer_listing(bool uids);
  void answer_retr(std::uint32_t number);
  void answer_quit();
  void answer_top(std::uint32_t number);
  [[nodiscard]] const StoredMessage& message(std::uint32_t number) const;

  SharedMaildrop& maildrop_;
  ServerFaults faults_;
  std::vector<std::size_t> numbers_;  // number - 1 to index in the maildrop
  std::set<std::uint32_t> marked_;
  std::set<std::uint32_t> retrieved_;
  std::vector<std::string> seen_;
  std::string commands_;
  std::string answers_;
  std::size_t read_ = 0;
  std::size_t sent_ = 0;
  bool gone_ = false;
};

}  // namespace mailtool::test
