#include "mailtool/net/dns_answer.h"

#include <algorithm>
#include <map>
#include <optional>

#include "mailtool/base/ascii.h"

namespace mailtool::net {
namespace {

constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kTypeOpt = 41;
// A name has 127 labels at most, and a pointer is only of use behind one.
constexpr std::size_t kMaxPointers = 127;
constexpr std::size_t kMaxNameOctets = 255;    // RFC 1035 section 3.1
constexpr std::uint32_t kMaxTtl = 0x7fffffff;  // RFC 2181 section 8

Error malformed(std::string_view why) {
  return Error{ErrorKind::unresolved,
               "malformed DNS answer: " + std::string(why)};
}

// One octet of a label as text: what could act as a dot or on a terminal is
// escaped as in a zone file (RFC 1035 section 5.1).
void append_label_octet(std::string& text, unsigned char octet) {
  const char c = static_cast<char>(octet);
  if (is_alpha(c) || is_digit(c) || c == '-' || c == '_') {
    text += c;
    return;
  }
  text += '\\';
  text += static_cast<char>('0' + octet / 100);
  text += static_cast<char>('0' + octet / 10 % 10);
  text += static_cast<char>('0' + octet % 10);
}

// Reads forward through a message; every read is checked against `end`.
class Cursor {
 public:
  Cursor(std::string_view message, std::size_t at, std::size_t end)
      : message_(message), at_(at), end_(end) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return end_ - at_; }

  std::optional<std::uint8_t> u8() {
    if (left() < 1) return std::nullopt;
    return static_cast<std::uint8_t>(message_[at_++]);
  }
  std::optional<std::uint16_t> u16() {
    if (left() < 2) return std::nullopt;
    const unsigned high = static_cast<std::uint8_t>(message_[at_]);
    const unsigned low = static_cast<std::uint8_t>(message_[at_ + 1]);
    at_ += 2;
    return static_cast<std::uint16_t>(high << 8 | low);
  }
  std::optional<std::uint32_t> u32() {
    const auto high = u16();
    const auto low = u16();
    if (!high || !low) return std::nullopt;
    return std::uint32_t{*high} << 16 | *low;
  }
  std::optional<std::string_view> octets(std::size_t count) {
    if (left() < count) return std::nullopt;
    const auto piece = message_.substr(at_, count);
    at_ += count;
    return piece;
  }
  std::optional<std::string> name();

 private:
  std::string_view message_;
  std::size_t at_;
  std::size_t end_;
};

// domain-name with message compression           ; RFC 1035 section 4.1.4
//
// A pointer must lead to before the labels that hold it, so each jump goes
// backwards and a loop cannot be written.
std::optional<std::string> Cursor::name() {
  std::string text;
  std::size_t wire_octets = 1;
  std::size_t at = at_;
  std::size_t end = end_;
  std::size_t lowest = at_;
  std::size_t jumps = 0;
  while (true) {
    if (at >= end) return std::nullopt;
    const auto length = static_cast<std::uint8_t>(message_[at]);
    if ((length & 0xc0) == 0xc0) {
      if (at + 1 >= end) return std::nullopt;
      const std::size_t target = (std::size_t{length} & 0x3f) << 8 |
                                 static_cast<std::uint8_t>(message_[at + 1]);
      if (jumps == 0) at_ = at + 2;
      if (target >= lowest || ++jumps > kMaxPointers) return std::nullopt;
      lowest = at = target;
      end = message_.size();
      continue;
    }
    if ((length & 0xc0) != 0) return std::nullopt;
    if (length == 0) break;
    wire_octets += std::size_t{length} + 1;
    if (wire_octets > kMaxNameOctets || at + 1 + length > end)
      return std::nullopt;
    if (!text.empty()) text += '.';
    for (const char c : message_.substr(at + 1, length))
      append_label_octet(text, static_cast<unsigned char>(c));
    at += std::size_t{length} + 1;
  }
  if (jumps == 0) at_ = at + 1;
  return text;
}

struct Header {
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint32_t others = 0;  // authority and additional
};

// RFC 1035 section 4.1.1
std::optional<Header> read_header(Cursor& cursor) {
  Header header;
  const auto id = cursor.u16();
  const auto flags = cursor.u16();
  const auto questions = cursor.u16();
  const auto answers = cursor.u16();
  const auto authority = cursor.u16();
  const auto additional = cursor.u16();
  if (!id || !flags || !questions || !answers || !authority || !additional)
    return std::nullopt;
  header.flags = *flags;
  header.questions = *questions;
  header.answers = *answers;
  header.others = std::uint32_t{*authority} + *additional;
  return header;
}

Rcode to_rcode(unsigned code) {
  return code <= static_cast<unsigned>(Rcode::refused)
             ? static_cast<Rcode>(code)
             : Rcode::other;
}

struct Record {
  std::string owner;  // lower case
  std::uint16_t type = 0;
  std::uint16_t record_class = 0;
  std::uint32_t ttl = 0;
  std::size_t begin = 0;  // of RDATA in the message
  std::size_t end = 0;
};

// RFC 1035 section 4.1.3
std::optional<Record> read_record(Cursor& cursor) {
  auto owner = cursor.name();
  const auto type = cursor.u16();
  const auto record_class = cursor.u16();
  const auto ttl = cursor.u32();
  const auto length = cursor.u16();
  if (!owner || !type || !record_class || !ttl || !length) return std::nullopt;
  const std::size_t begin = cursor.at();
  if (!cursor.octets(*length)) return std::nullopt;
  return Record{lower(*owner), *type,
                *record_class, *ttl > kMaxTtl ? 0 : *ttl,
                begin,         begin + *length};
}

// Walks the CNAMEs from `owner` to the name that holds the records.
Result<std::string> chase(const std::map<std::string, std::string>& aliases,
                          std::string owner) {
  for (std::size_t hops = 0; hops <= kMaxCnames; ++hops) {
    const auto next = aliases.find(owner);
    if (next == aliases.end()) return owner;
    owner = next->second;
  }
  return malformed("CNAME loop");
}

// The RDATA of one record into the list it belongs to; false when malformed.
bool take_rdata(std::string_view message, const Record& record,
                DnsAnswer& answer) {
  Cursor data(message, record.begin, record.end);
  switch (static_cast<RecordType>(record.type)) {
    case RecordType::a:
    case RecordType::aaaa: {
      const bool v6 = record.type == static_cast<int>(RecordType::aaaa);
      const auto octets = data.octets(v6 ? 16 : 4);
      if (!octets) return false;
      AddressRecord found{IpAddress{v6, {}, 0}, record.ttl};
      std::copy(octets->begin(), octets->end(), found.address.octets.begin());
      answer.addresses.push_back(found);
      break;
    }
    case RecordType::mx: {
      const auto preference = data.u16();
      const auto host = data.name();
      if (!preference || !host) return false;
      answer.mx.push_back({*preference, lower(*host), record.ttl});
      break;
    }
    case RecordType::srv: {
      const auto priority = data.u16();
      const auto weight = data.u16();
      const auto port = data.u16();
      const auto target = data.name();
      if (!priority || !weight || !port || !target) return false;
      answer.srv.push_back(
          {*priority, *weight, *port, lower(*target), record.ttl});
      break;
    }
    case RecordType::txt: {
      TxtRecord found{{}, record.ttl};
      if (data.left() == 0) return false;
      while (data.left() > 0) {
        const auto piece = data.octets(*data.u8());
        if (!piece) return false;
        found.text += *piece;
      }
      answer.txt.push_back(std::move(found));
      break;
    }
    case RecordType::tlsa: {
      const auto usage = data.u8();
      const auto selector = data.u8();
      const auto matching = data.u8();
      if (!usage || !selector || !matching || data.left() == 0) return false;
      answer.tlsa.push_back({*usage, *selector, *matching,
                             std::string(*data.octets(data.left())),
                             record.ttl});
      break;
    }
    case RecordType::cname: return false;
  }
  return data.left() == 0;
}

// The answer section: aliases, and the records of the type asked for.
struct AnswerSection {
  std::map<std::string, std::string> aliases;
  std::vector<Record> records;
};

Result<AnswerSection> read_answers(std::string_view message, Cursor& cursor,
                                   std::size_t count, RecordType type) {
  AnswerSection section;
  for (std::size_t i = 0; i < count; ++i) {
    auto record = read_record(cursor);
    if (!record) return malformed("a record is cut short");
    if (record->record_class != kClassIn) continue;
    if (record->type == static_cast<int>(RecordType::cname)) {
      Cursor data(message, record->begin, record->end);
      const auto target = data.name();
      if (!target || data.left() != 0) return malformed("bad CNAME");
      section.aliases.emplace(record->owner, lower(*target));
    } else if (record->type == static_cast<int>(type)) {
      section.records.push_back(std::move(*record));
    }
  }
  return section;
}

// Authority and additional records are only walked: the OPT record (RFC 6891)
// holds the upper bits of an extended RCODE.
Result<unsigned> extended_rcode(Cursor& cursor, std::size_t count) {
  unsigned upper_bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Cursor opt = cursor;
    const auto record = read_record(cursor);
    if (!record) return malformed("a record is cut short");
    if (record->type != kTypeOpt) continue;
    // The extended bits are the first octet of what is a TTL elsewhere.
    (void)opt.name();
    (void)opt.u32();
    upper_bits = opt.u8().value_or(0);
  }
  return upper_bits << 4;
}

}  // namespace

Result<DnsAnswer> parse_dns_answer(std::string_view message,
                                   std::string_view owner, RecordType type) {
  if (message.size() > 65535) return malformed("too long");
  Cursor cursor(message, 0, message.size());
  const auto header = read_header(cursor);
  if (!header) return malformed("no header");
  if ((header->flags & 0x8000) == 0) return malformed("not a response");
  if ((header->flags & 0x7800) != 0) return malformed("not a query's response");
  if (header->questions != 1) return malformed("not one question");
  if (std::size_t{header->answers} + header->others > kMaxDnsRecords)
    return malformed("too many records");

  DnsAnswer answer;
  const auto asked = cursor.name();
  const auto asked_type = cursor.u16();
  const auto asked_class = cursor.u16();
  if (!asked || !asked_type || asked_class != kClassIn)
    return malformed("bad question");
  if (!iequals(*asked, owner) || *asked_type != static_cast<int>(type))
    return malformed("it answers another question");
  answer.question = *asked;
  answer.truncated = (header->flags & 0x0200) != 0;
  answer.recursion_available = (header->flags & 0x0080) != 0;
  answer.authenticated = (header->flags & 0x0020) != 0;

  const auto section = read_answers(message, cursor, header->answers, type);
  if (!section) return section.error();
  const auto upper_bits = extended_rcode(cursor, header->others);
  if (!upper_bits) return upper_bits.error();
  answer.rcode = to_rcode(*upper_bits | (header->flags & 0x000fU));

  auto canonical = chase(section->aliases, lower(owner));
  if (!canonical) return canonical.error();
  answer.canonical = std::move(*canonical);
  if (answer.rcode != Rcode::no_error) return answer;
  for (const auto& record : section->records) {
    if (record.owner != answer.canonical) continue;
    if (!take_rdata(message, record, answer))
      return malformed("bad record data");
  }
  return answer;
}

}  // namespace mailtool::net
