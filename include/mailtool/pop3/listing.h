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
/// Most lines of a listing, and the highest number, where STAT counts `count`.
[[nodiscard]] constexpr std::uint32_t listing_bound(std::uint32_t count) {
  const std::uint32_t bound = 2 * count + 1000;
  return bound < kMaxMessages ? bound : kMaxMessages;
}
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

/// What a maildrop holds: those of the numbers 1..size() that were listed(),
/// all of them unless the server skips some. Compact, for a million messages:
/// 16 octets each and its unique-id.
///
/// Lenient: listings that disagree are joined. LIST says which messages there
/// are, STAT only how many lines to expect. A number that LIST does not name is
/// no message, whatever UIDL says. A number that is named twice keeps its first
/// size, but no unique-id where there are two: the wrong one would have another
/// message taken for known. Tests: "numbers that repeat", "numbers that UIDL
/// alone knows".
class Maildrop {
 public:
  /// `count`: of STAT. Fails with protocol on numbers so far out of order that
  /// the holes would cost more than the messages.
  Result<void> add_size(ListLine line, std::uint32_t count);
  /// False: the line was of no use, and was passed over.
  bool add_uid(UidlLine line);

  /// The highest number listed.
  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(messages_.size());
  }
  /// How many there are.
  [[nodiscard]] std::uint32_t count() const { return listed_; }
  /// How many of them have no unique-id.
  [[nodiscard]] std::uint32_t without_uid() const {
    return listed_ - with_uid_;
  }
  /// Lines of LIST and UIDL that were of no use.
  [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }
  void pass_over_line() { ++passed_over_; }

  /// False: there is no message of this number, which is not to be asked for.
  /// \pre 1 <= number <= size(), as below.
  [[nodiscard]] bool listed(std::uint32_t number) const {
    return messages_[number - 1].listed;
  }
  /// nullopt: unknown.
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
    bool listed : 1 = false;
    bool two_uids : 1 = false;
  };

  std::deque<Message> messages_;
  std::vector<std::string> uid_blocks_;  // each of kUidBlock octets, reserved
  std::uint32_t listed_ = 0;
  std::uint32_t with_uid_ = 0;
  std::uint64_t passed_over_ = 0;
};

}  // namespace mailtool::pop3
