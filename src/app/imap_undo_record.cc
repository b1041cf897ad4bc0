#include "app/imap_undo_record.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/imap/command.h"

namespace mailtool::app {
namespace {

using Kind = UndoPart::Kind;

constexpr std::string_view kTitle = "mailtool-undo 1 ";
constexpr std::array<std::pair<std::string_view, Kind>, 9> kKinds{
    {{"moved", Kind::moved},
     {"copied", Kind::copied},
     {"flagged", Kind::flagged},
     {"unflagged", Kind::unflagged},
     {"untold", Kind::untold},
     {"unsure", Kind::unsure},
     {"cut", Kind::cut},
     {"refused", Kind::refused},
     {"erased", Kind::erased}}};

bool of_flags(Kind kind) {
  return kind == Kind::flagged || kind == Kind::unflagged;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet > ' ' && octet != '%' && octet != 0x7f) {
      out += c;
      continue;
    }
    out += '%';
    out += "0123456789ABCDEF"[octet >> 4];
    out += "0123456789ABCDEF"[octet & 15];
  }
  return out;
}

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (out.empty() || !is_valid_utf8(out)) return std::nullopt;
  return out;
}

std::string set_text(const imap::SequenceSet& set) {
  return set.empty() ? "-" : to_wire(set);
}

// The words of a line, one after the other. What is not there, or wrong, makes
// all of it wrong.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view word() {
    const auto blank = rest_.find(' ');
    const auto word = rest_.substr(0, blank);
    rest_.remove_prefix(blank == rest_.npos ? rest_.size() : blank + 1);
    // Nothing between two blanks, or behind the last.
    good_ = good_ && !word.empty() && (blank == std::string_view::npos || !rest_.empty());
    return word;
  }
  std::string name() { return take(decoded(word())); }
  std::uint32_t number() {
    return static_cast<std::uint32_t>(take(parse_number(word(), UINT32_MAX)));
  }
  imap::SequenceSet set() {
    const auto text = word();
    if (text == "-") return {};
    auto set = take(imap::parse_sequence_set(text));
    good_ = good_ && !set.open_ended();
    return set;
  }
  [[nodiscard]] bool good() const { return good_ && rest_.empty(); }

 private:
  template <class T>
  T take(std::optional<T> value) {
    good_ = good_ && value;
    return value ? *std::move(value) : T();
  }
  std::string_view rest_;
  bool good_ = true;
};

bool read_part(std::string_view line, UndoRecord& record) {
  Words words(line);
  const auto name = words.word();
  for (const auto& [word, kind] : kKinds) {
    if (word != name) continue;
    UndoPart part;
    part.kind = kind;
    part.folder = words.name();
    part.uidvalidity = words.number();
    part.uids = words.set();
    if (of_flags(kind)) {
      part.flag = words.name();
      if (!imap::is_flag(part.flag)) return false;
    } else if (kind != Kind::erased) {
      part.to = words.name();
      part.to_uidvalidity = words.number();
      part.to_uids = words.set();
    }
    if (!words.good()) return false;
    record.parts.push_back(std::move(part));
    return true;
  }
  return false;
}

bool read_begin(std::string_view line, UndoRecord& record) {
  Words words(line);
  if (words.word() != "begin") return false;
  const auto time = parse_number(words.word(), INT64_MAX);
  record.verb = words.name();
  record.time = static_cast<std::int64_t>(time.value_or(0));
  return time && words.good();
}

}  // namespace

bool UndoRecord::complete() const {
  const auto takes_back = [](const UndoPart& part) {
    return part.kind != Kind::untold && part.kind != Kind::unsure &&
           part.kind != Kind::erased;
  };
  const auto is_flags = [](const UndoPart& part) {
    return of_flags(part.kind);
  };
  if (overtaken) return false;
  if (!std::all_of(parts.begin(), parts.end(), takes_back)) return false;
  // Flags are noted before they are changed.
  return finished || (verb == "flag" && !parts.empty() &&
                      std::all_of(parts.begin(), parts.end(), is_flags));
}

std::string to_text(const UndoRecord& head) {
  return std::string(kTitle) + encoded(head.owner) + "\nbegin " +
         std::to_string(head.time) + " " + encoded(head.verb) + "\n";
}

std::string to_text(const UndoPart& part) {
  std::string line;
  for (const auto& [word, kind] : kKinds) {
    if (kind == part.kind) line = word;
  }
  line += " " + encoded(part.folder) + " " + std::to_string(part.uidvalidity) +
          " " + set_text(part.uids);
  if (part.kind == Kind::erased) return line + "\n";
  line += " ";
  if (of_flags(part.kind)) return line + encoded(part.flag) + "\n";
  return line + encoded(part.to) + " " + std::to_string(part.to_uidvalidity) +
         " " + set_text(part.to_uids) + "\n";
}

Result<UndoRecord> parse_undo_record(std::string_view text) {
  UndoRecord record;
  const auto bad = [](std::size_t line) {
    return Error{ErrorKind::config, "damaged",
                 "undo record, line " + std::to_string(line)};
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    if (end == text.npos) break;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (record.finished && line == "overtaken") {
      record.overtaken = true;
      continue;
    }
    bool good = !record.finished;
    if (number == 1) {
      auto owner = line.starts_with(kTitle)
                       ? decoded(line.substr(kTitle.size()))
                       : std::nullopt;
      good = owner.has_value();
      record.owner = std::move(owner).value_or("");
    } else if (number == 2) {
      good = read_begin(line, record);
    } else if (line == "end") {
      record.finished = good;
    } else {
      good = good && read_part(line, record);
    }
    if (!good) return bad(number);
  }
  return record;
}

}  // namespace mailtool::app
