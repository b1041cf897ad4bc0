/// \file
/// AppendBatch: messages on their way to an IMAP folder, as the wire has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/imap_utf8_header.h"
#include "mailtool/base/sink.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// Makes every line end CRLF. CR that no LF follows is kept. `to` outlives it.
class CrlfSink : public Sink {
 public:
  explicit CrlfSink(Sink& to) : to_(to) {}
  Result<void> write(std::string_view octets) override;
  /// Starts another text.
  void begin() { last_ = '\0'; }

 private:
  Sink& to_;
  char last_ = '\0';
};

/// One message after the other: begin(), write() its octets, end(). A server
/// must be told of sizes first, so they are kept in a Spool until they are
/// sent; and it may refuse all of them for one, so they can be sent again.
class AppendBatch : public Sink {
 public:
  /// Where it is full(). A batch of small messages stays in memory.
  static constexpr std::size_t kMessages = 100;
  static constexpr std::uint64_t kOctets = store::Spool::kInMemory;

  struct Item {
    std::string source;  ///< as errors name it
    std::uint64_t offset = 0;
    std::uint64_t octets = 0;
    std::vector<std::string> flags;
    std::optional<std::int64_t> date;
    bool utf8_header = false;
  };

  AppendBatch();

  /// `of_mbox`: the first line is the From_ line, which is none of the message.
  void begin(std::string source, bool of_mbox = false);
  /// Fails as Spool does.
  Result<void> write(std::string_view octets) override;
  /// The message belongs to the batch. Fails with bad_input where it is empty
  /// or has a NUL, which no IMAP literal can carry; then it does not.
  Result<void> end(std::vector<std::string> flags,
                   std::optional<std::int64_t> date);
  /// Takes the last message out of the batch again.
  void drop_last() { items_.pop_back(); }
  /// Forgets all messages. Fails with local_io.
  Result<void> clear();

  [[nodiscard]] bool full() const;
  [[nodiscard]] const std::vector<Item>& items() const { return items_; }
  /// For ImapClient::begin_append(), valid until the batch is written to.
  [[nodiscard]] client::MessageToAppend message(const Item& item) const;

 private:
  store::Spool spool_;
  CrlfSink lines_;
  std::vector<Item> items_;
  Item current_;
  Utf8Header header_;
  std::uint64_t octets_ = 0;  // of all items
  bool in_from_line_ = false;
  bool nul_ = false;
};

/// The flags that the name of a Maildir's file ends with: ":2,FS" is \Flagged
/// and \Seen.
[[nodiscard]] std::vector<std::string> maildir_flags(std::string_view name);

}  // namespace mailtool::app
