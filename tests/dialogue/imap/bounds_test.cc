// Servers that name more messages than there can be: what is asked of them, and
// what is held, is bounded.

#include <gtest/gtest.h>

#include <algorithm>

#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// Greets, then answers each command with NO.
class Refusing : public Stream {
 public:
  Result<std::size_t> read_some(std::span<char> into) override {
    const auto count = std::min(into.size(), text_.size() - at_);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count,
                into.begin());
    at_ += count;
    if (at_ == text_.size()) {
      text_.clear();
      at_ = 0;
    }
    if (count > 0) return count;
    return Error{ErrorKind::timed_out, "nothing more to say"};
  }
  Result<void> write_all(std::string_view octets) override {
    for (const char c : octets) {
      if (c != '\n') {
        line_ += c;
        continue;
      }
      ++commands;
      const auto tag = line_.substr(0, line_.find(' '));
      text_ += tag + " NO not this one\r\n";
      most_unread = std::max(most_unread, text_.size() - at_);
      line_.clear();
    }
    return {};
  }
  Result<void> start_tls() override { return {}; }
  [[nodiscard]] std::optional<TlsInfo> tls() const override { return {}; }
  void set_deadline(std::chrono::milliseconds) override {}

  std::uint64_t commands = 0;
  std::size_t most_unread = 0;

 private:
  std::string text_ = "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n";
  std::string line_;
  std::size_t at_ = 0;
};

class NoBody : public SyncReceiver {
 public:
  Result<void> opened(const SelectedMailbox&) override { return {}; }
  Result<void> flags(std::uint32_t, const std::vector<std::string>&) override {
    return {};
  }
  Result<void> vanished(const imap::SequenceSet&) override { return {}; }
  [[nodiscard]] bool wanted(std::uint32_t) const override { return true; }
  Result<void> begin() override { return {}; }
  Result<void> write(std::string_view) override { return {}; }
  Result<void> end(const SyncedMessage&) override { return {}; }
  void discard() override {}
};

TEST(ImapBounds, BodiesOneByOneInVain) {
  Refusing stream;
  ImapClient client(stream);
  ASSERT_TRUE(client.open(false));
  SyncQuestion question;
  question.bodies_of = *imap::parse_sequence_set("1:4294967290");
  question.one_by_one = true;
  NoBody receiver;
  const auto done = client.sync(question, receiver);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().server_said, "NO not this one");
  EXPECT_EQ(stream.commands, 100'000u);
  EXPECT_LT(stream.most_unread, 64u * 1024);
}

}  // namespace
}  // namespace mailtool::client
