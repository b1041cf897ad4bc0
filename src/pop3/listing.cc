#include "mailtool/pop3/listing.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::pop3 {
namespace {

constexpr std::size_t kUidBlock = 32 * 1024;  // fits Message::uid_offset
constexpr std::uint64_t kHoles = 64 * 1024;   // numbers skipped at any time

Error bad(std::string_view what, std::string_view line) {
  return Error{
      ErrorKind::protocol, "bad " + std::string(what), {}, printable(line)};
}

// Splits off the first word; blanks in front are passed over.
std::string_view take_word(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// unique-id = 1*70(%x21-7E)                            ; RFC 1939 section 7
bool is_uid(std::string_view word) {
  return !word.empty() && word.size() <= kUidOctets &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return c > ' ' && c < '\x7f'; });
}

// Sizes are advice: what is no number is unknown, and stops nothing.
// Test: "sizes that lie".
std::optional<std::uint64_t> advice(std::string_view word) {
  return parse_number(word, UINT64_MAX - 1);
}

}  // namespace

Result<StatLine> parse_stat(std::string_view text) {
  const auto whole = text;
  const auto count = parse_number(take_word(text), kMaxMessages);
  if (!count) return bad("STAT", whole);
  return StatLine{static_cast<std::uint32_t>(*count), advice(take_word(text))};
}

// scan-listing = number SP octets [SP *CHAR]           ; RFC 1939 section 5
Result<ListLine> parse_list_line(std::string_view line) {
  const auto whole = line;
  const auto number = parse_number(take_word(line), kMaxMessages);
  if (!number || *number == 0) return bad("LIST", whole);
  return ListLine{static_cast<std::uint32_t>(*number), advice(take_word(line))};
}

// unique-id-listing = number SP unique-id              ; RFC 1939 section 7
//
// Lenient: an id that is missing, too long or not printable makes the message
// one without id; it is fetched all the same. Test: "ids that are none".
Result<UidlLine> parse_uidl_line(std::string_view line) {
  const auto whole = line;
  const auto number = parse_number(take_word(line), kMaxMessages);
  if (!number || *number == 0) return bad("UIDL", whole);
  const auto word = take_word(line);
  const bool legal = is_uid(word) && trim(line).empty();
  return UidlLine{static_cast<std::uint32_t>(*number),
                  legal ? word : std::string_view{}};
}

Result<void> Maildrop::add_size(ListLine line, std::uint32_t count) {
  if (line.number == 0 || line.number > listing_bound(count)) {
    pass_over_line();
    return {};
  }
  // Out of order is legal; a hole costs 16 octets a message up to STAT's count,
  // which is bounded, and is only paid where the server really lists.
  if (messages_.size() < line.number) {
    if (line.number > kHoles + 4 * std::uint64_t{listed_}) {
      return bad("LIST: numbers far out of order", std::to_string(line.number));
    }
    messages_.resize(line.number);
  }
  auto& message = messages_[line.number - 1];
  if (message.listed) {
    pass_over_line();
    return {};
  }
  message.listed = true;
  message.octets = line.octets.value_or(kNoOctets);
  ++listed_;
  return {};
}

bool Maildrop::add_uid(UidlLine line) {
  const bool known =
      line.number > 0 && line.number <= size() && listed(line.number);
  if (!known || !is_uid(line.uid) || line.uid == uid(line.number)) {
    pass_over_line();
    return false;
  }
  auto& message = messages_[line.number - 1];
  if (message.two_uids || message.uid_length > 0) {
    pass_over_line();
    with_uid_ -= message.uid_length > 0 ? 1 : 0;
    message.uid_length = 0;
    message.two_uids = true;
    return false;
  }
  if (uid_blocks_.empty() ||
      uid_blocks_.back().size() + line.uid.size() > kUidBlock) {
    uid_blocks_.emplace_back().reserve(kUidBlock);
  }
  auto& block = uid_blocks_.back();
  message.uid_block = static_cast<std::uint32_t>(uid_blocks_.size() - 1);
  message.uid_offset = static_cast<std::uint16_t>(block.size());
  message.uid_length = static_cast<std::uint8_t>(line.uid.size());
  ++with_uid_;
  block += line.uid;
  return true;
}

std::optional<std::uint64_t> Maildrop::octets(std::uint32_t number) const {
  const auto octets = messages_[number - 1].octets;
  if (octets == kNoOctets) return std::nullopt;
  return octets;
}

std::string_view Maildrop::uid(std::uint32_t number) const {
  const auto& message = messages_[number - 1];
  if (message.uid_length == 0) return {};
  return std::string_view(uid_blocks_[message.uid_block])
      .substr(message.uid_offset, message.uid_length);
}

}  // namespace mailtool::pop3
