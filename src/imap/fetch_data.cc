// FETCH: msg-att of RFC 9051 section 9, item by item. An item that cannot be
// read costs itself, not the message.

#include <algorithm>
#include <array>

#include "imap/response_parts.h"
#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

// The names of items with a value that is never an atom of the same spelling.
bool names_item(Value value) {
  if (value.kind() != Value::Kind::atom) return false;
  for (const auto name : {"UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE",
                          "MODSEQ", "ENVELOPE", "BODYSTRUCTURE", "BODY",
                          "SAVEDATE", "PREVIEW", "EMAILID", "THREADID"}) {
    if (iequals(value.text(), name)) return true;
  }
  return istarts_with(value.text(), "BODY[") && value.text().size() > 5;
}

class ItemReader {
 public:
  explicit ItemReader(FetchData& data) : data_(data) {}

  // Items in pairs of name and value. Lenient: a list where a name belongs is
  // more items in parentheses of their own, if it starts with a name; else it
  // is passed over. Test: "items in parentheses of their own".
  void read(Value first) {
    std::vector<Value> resume;
    auto at = first;
    while (true) {
      if (at.absent()) {
        if (resume.empty()) return;
        at = resume.back();
        resume.pop_back();
        continue;
      }
      if (at.is_list()) {
        if (at.first().kind() == Value::Kind::atom) {
          resume.push_back(at.next());
          at = at.first();
        } else {
          at = at.next();
        }
        continue;
      }
      const auto value = at.next();
      // Lenient: a value left out. Test: "value missing between items".
      if (names_item(at) && names_item(value)) {
        unreadable(at.text(), " without a value");
        at = value;
        continue;
      }
      item(at, value);
      at = value.next();
    }
  }

 private:
  void warn(std::string_view name, const char* what) {
    if (data_.warnings.size() < 16) {
      data_.warnings.push_back(upper(name.substr(0, 40)) + what);
    }
  }

  // The item came, if not its value: it is not waited for.
  void unreadable(std::string_view name, const char* what) {
    warn(name, what);
    if (data_.unreadable.size() < 16) {
      data_.unreadable.push_back(upper(name.substr(0, 40)));
    }
  }

  void item(Value name, Value value) {
    const auto word = name.text();
    if (value.absent()) {
      unreadable(word, " without a value");
    } else if (iequals(word, "UID")) {
      const auto uid = parse_number(value.text(), UINT32_MAX);
      if (uid && *uid > 0) {
        // A second one would be text of the message, read amiss.
        if (!data_.uid) data_.uid = static_cast<std::uint32_t>(*uid);
      } else {
        warn(word, " is no number");
      }
    } else if (iequals(word, "FLAGS")) {
      data_.flags = flag_list(value);
    } else if (iequals(word, "RFC822.SIZE")) {
      data_.size = parse_number(value.text());
      if (!data_.size) unreadable(word, " is no number");
    } else if (iequals(word, "INTERNALDATE")) {
      data_.internal_date = std::string(value.text());
    } else if (iequals(word, "MODSEQ")) {
      data_.modseq =
          parse_number(value.is_list() ? value.first().text() : value.text());
    } else if (iequals(word, "ENVELOPE")) {
      if (value.is_list()) {
        data_.envelope = read_envelope(value, data_.warnings);
      } else {
        unreadable(word, " is no list");
      }
    } else if (iequals(word, "BODYSTRUCTURE") || iequals(word, "BODY")) {
      auto structure = read_body_structure(value, data_.warnings);
      if (structure.parts.empty()) {
        unreadable(word, " tells of no part");
      } else {
        data_.body_structure = std::move(structure);
      }
    } else if (auto* text = text_item(word)) {
      // PREVIEW (LAZY) echoes no modifier; EMAILID is a list of one.
      *text =
          std::string(value.is_list() ? value.first().text() : value.text());
    } else {
      section(word, value);
    }
  }

  std::optional<std::string>* text_item(std::string_view word) {
    if (iequals(word, "SAVEDATE")) return &data_.save_date;
    if (iequals(word, "PREVIEW")) return &data_.preview;
    if (iequals(word, "EMAILID")) return &data_.email_id;
    if (iequals(word, "THREADID")) return &data_.thread_id;
    return nullptr;
  }

  // "BODY" section ["<" number ">"] SP nstring, and its RFC 822 forebears.
  void section(std::string_view word, Value value) {
    FetchedSection part;
    const auto open = word.find('[');
    const auto close = word.rfind(']');
    if (iequals(word, "RFC822")) {
      part.section = "";
    } else if (iequals(word, "RFC822.HEADER")) {
      part.section = "HEADER";
    } else if (iequals(word, "RFC822.TEXT")) {
      part.section = "TEXT";
    } else if ((istarts_with(word, "BODY[") || istarts_with(word, "BINARY[")) &&
               close != word.npos) {
      part.section = upper(word.substr(open + 1, close - open - 1));
      auto rest = word.substr(close + 1);
      if (rest.starts_with('<') && rest.ends_with('>')) {
        rest.remove_prefix(1);
        rest.remove_suffix(1);
        part.origin = parse_number(rest);
      }
    } else {
      return;  // an item nobody asked for
    }
    if (value.streamed()) {
      part.streamed = true;
      part.size = value.streamed_octets();
    } else if (!value.is_nil() && !value.is_list()) {
      part.octets = std::string(value.text());
      part.size = part.octets->size();
    }
    data_.sections.push_back(std::move(part));
  }

  FetchData& data_;
};

struct Reading {
  FetchData data;
  std::size_t oddities;  // the fewer, the likelier it is what was meant
};

Reading read_as(const FramedResponse& framed, std::size_t offset,
                ValueTree::Quotes quotes) {
  Reading reading;
  const ValueTree tree(framed, offset, quotes);
  ItemReader(reading.data).read(tree.first());
  reading.data.unfinished = tree.unfinished();
  reading.oddities = reading.data.warnings.size() +
                     (tree.unfinished() ? 1U : 0U) +
                     (reading.data.uid ? 0U : 1U);
  for (const auto& warning : tree.warnings()) {
    if (reading.data.warnings.size() < 16) {
      reading.data.warnings.push_back(warning);
    }
  }
  return reading;
}

// Where quotes are not escaped, two readings are possible; the one with fewer
// oddities is taken. Test: odd_fetch_test.cc, "quotes not escaped".
FetchData read_items(const FramedResponse& framed, std::size_t offset,
                     std::uint32_t sequence) {
  using enum ValueTree::Quotes;
  auto reading = read_as(framed, offset, before_blank);
  if (reading.oddities > 0 && !reading.data.warnings.empty()) {
    auto other = read_as(framed, offset, before_value);
    if (other.oddities < reading.oddities) reading = std::move(other);
  }
  reading.data.sequence = sequence;
  reading.data.octets = framed.octets.size();
  return std::move(reading.data);
}

template <class T>
void take_over(std::optional<T>& mine, std::optional<T>& later) {
  if (later) mine = std::move(later);
}

}  // namespace

bool FetchData::was_unreadable(std::string_view item) const {
  return std::find(unreadable.begin(), unreadable.end(), item) !=
         unreadable.end();
}

void FetchData::merge(FetchData&& later) {
  take_over(uid, later.uid);
  take_over(flags, later.flags);
  take_over(size, later.size);
  take_over(internal_date, later.internal_date);
  take_over(modseq, later.modseq);
  take_over(save_date, later.save_date);
  take_over(preview, later.preview);
  take_over(email_id, later.email_id);
  take_over(thread_id, later.thread_id);
  octets += later.octets;
  take_over(envelope, later.envelope);
  take_over(body_structure, later.body_structure);
  for (auto& part : later.sections) {
    if (sections.size() < 100) sections.push_back(std::move(part));
  }
  for (auto& name : later.unreadable) {
    if (unreadable.size() < 16) unreadable.push_back(std::move(name));
  }
  for (auto& warning : later.warnings) {
    if (warnings.size() < 16) warnings.push_back(std::move(warning));
  }
}

FetchData parse_fetch(const FramedResponse& framed, std::size_t offset,
                      std::uint32_t sequence) {
  return read_items(framed, offset, sequence);
}

FetchData parse_fetch_rest(const FramedResponse& framed,
                           std::uint32_t sequence) {
  return read_items(framed, 0, sequence);
}

namespace {

std::uint64_t days_of(std::int64_t month, std::uint64_t year) {
  if (month == 2) {
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return leap ? 29 : 28;
  }
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP
//             zone DQUOTE                             ; RFC 9051 section 9
std::optional<std::int64_t> parse_internal_date(std::string_view text) {
  text = trim(text);
  const auto dash = text.find('-');
  if (dash == 0 || dash > 2) return std::nullopt;
  const auto day = parse_number(text.substr(0, dash), 31);
  text.remove_prefix(dash + 1);
  // "Jul-1996 02:44:25 -0700"
  if (text.size() != 23 || text[3] != '-' || text[8] != ' ' ||
      text[11] != ':' || text[14] != ':' || text[17] != ' ') {
    return std::nullopt;
  }
  static constexpr std::array<std::string_view, 12> kMonths{
      "jan", "feb", "mar", "apr", "may", "jun",
      "jul", "aug", "sep", "oct", "nov", "dec"};
  std::int64_t month = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (iequals(text.substr(0, 3), kMonths[i])) {
      month = static_cast<std::int64_t>(i) + 1;
    }
  }
  const auto year = parse_number(text.substr(4, 4), 9999);
  const auto hour = parse_number(text.substr(9, 2), 23);
  const auto minute = parse_number(text.substr(12, 2), 59);
  const auto second = parse_number(text.substr(15, 2), 60);
  const auto zone_hour = parse_number(text.substr(19, 2), 23);
  const auto zone_minute = parse_number(text.substr(21, 2), 59);
  const char sign = text[18];
  if (!day || *day == 0 || month == 0 || !year || !hour || !minute || !second ||
      !zone_hour || !zone_minute || (sign != '+' && sign != '-')) {
    return std::nullopt;
  }
  if (*day > days_of(month, *year)) return std::nullopt;
  // Days since 1970 of the proleptic Gregorian calendar: years begin in March,
  // eras have 400 of them.
  const std::int64_t y =
      static_cast<std::int64_t>(*year) - (month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
      static_cast<std::int64_t>(*day) - 1;
  const std::int64_t days = era * 146097 + year_of_era * 365 + year_of_era / 4 -
                            year_of_era / 100 + day_of_year - 719468;
  const auto zone =
      static_cast<std::int64_t>(*zone_hour * 3600 + *zone_minute * 60);
  const auto clock =
      static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second);
  return days * 86400 + clock - (sign == '-' ? -zone : zone);
}

}  // namespace mailtool::imap
