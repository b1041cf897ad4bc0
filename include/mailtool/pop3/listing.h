/// \file
/// STAT, LIST and UIDL: RFC 1939 sections 5 and 7. Numbers identify messages
/// within one session, unique-ids across sessions; sizes are advice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::pop3 {

/// Most messages taken from one maildrop.
inline constexpr std::uint32_t kMaxMessages = 10'000'000;
/// Longest unique-id: RFC 1939 section 7, 1 to 70 octets of 0x21 to 0x7e.
inline constexpr std::size_t kUidOctets = 70;
/// Longest line of a listing, without CRLF. Too long a unique-id is bearable.
inline constexpr std::size_t kListingLineOctets = 8 * 1024;

struct StatLine {
  std::uint32_t count = 0;              ///< 0..kMaxMessages
  std::optional<std::uint64_t> octets;  ///< nullopt: none, or no number
};
struct ListLine {
  std::uint32_t number = 0;             ///< 1..kMaxMessages
  std::optional<std::uint64_t> octets;  ///< nullopt: none, or no number
};
struct UidlLine {
  std::uint32_t number = 0;  ///< 1..kMaxMessages
  std::string_view uid;      ///< of the line given; empty: none, or not legal
};

/// These take a text without "+OK " or a line of the listing. They fail with
/// protocol on a number that is none or out of range.
Result<StatLine> parse_stat(std::string_view text);
Result<ListLine> parse_list_line(std::string_view line);
Result<UidlLine> parse_uidl_line(std::string_view line);

/// What a maildrop holds: messages 1..size(). Compact, for a million of them:
/// 16 octets a message and its unique-id.
class Maildrop {
 public:
  /// Grows by what was listed: `number` must be at most `count` and new.
  /// Fails with protocol otherwise.
  Result<void> add_size(ListLine line, std::uint32_t count);
  Result<void> add_uid(UidlLine line);

  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(messages_.size());
  }
  /// \pre 1 <= number <= size(), as below. nullopt: unknown.
  [[nodiscard]] std::optional<std::uint64_t> octets(std::uint32_t number) const;
  /// Empty: this message has no legal unique-id. Valid as long as *this.
  [[nodiscard]] std::string_view uid(std::uint32_t number) const;
  /// True when numbers 1..size() were all listed.
  [[nodiscard]] bool complete() const { return listed_ == messages_.size(); }

 private:
  static constexpr std::uint64_t kNoOctets = UINT64_MAX;
  struct Message {
    std::uint64_t octets = kNoOctets;
    std::uint32_t uid_block = 0;
    std::uint16_t uid_offset = 0;
    std::uint8_t uid_length = 0;
    bool listed = false;
  };

  std::deque<Message> messages_;
  std::vector<std::string> uid_blocks_;  // each of kUidBlock octets, reserved
  std::size_t listed_ = 0;
};

}  // namespace mailtool::pop3
