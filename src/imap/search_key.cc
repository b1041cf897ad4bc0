#include "mailtool/imap/search_key.h"

#include <algorithm>

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

void append_either(CommandBuilder& command, const SearchKey& key);

void append_all(CommandBuilder& command, const SearchKey& key) {
  if (key.children.empty()) {
    command.text("ALL");
    return;
  }
  command.open();
  for (const auto& child : key.children) append_search_key(command, child);
  command.close();
}

// OR takes two keys: a list becomes OR a OR b c.
void append_either(CommandBuilder& command, const SearchKey& key) {
  if (key.children.empty()) {
    command.text("NOT ALL");
    return;
  }
  for (std::size_t i = 0; i + 1 < key.children.size(); ++i) {
    command.text("OR");
    append_search_key(command, key.children[i]);
  }
  append_search_key(command, key.children.back());
}

}  // namespace

// search-key, RFC 9051 section 9. Depth is bounded by SearchKey::kMaxDepth.
void append_search_key(CommandBuilder& command, const SearchKey& key) {
  using enum SearchKey::Kind;
  switch (key.kind) {
    case all: command.text("ALL"); break;
    case word: command.text(key.name); break;
    case string: command.text(key.name).astring(key.text); break;
    case header:
      command.text("HEADER").astring(key.name).astring(key.text);
      break;
    case number:
      command.text(key.name + " " + std::to_string(key.number));
      break;
    case date: command.text(key.name + " " + to_wire(key.date)); break;
    case uid:
      if (key.set.empty()) {
        command.text("NOT ALL");
      } else {
        command.text("UID").set(key.set);
      }
      break;
    case raw: command.text("(" + key.text + ")"); break;
    case negated:
      command.text("NOT");
      append_search_key(command, key.children.at(0));
      break;
    case both: append_all(command, key); break;
    case either: append_either(command, key); break;
  }
}

void append_search_program(CommandBuilder& command, const SearchKey& key) {
  if (key.kind != SearchKey::Kind::both || key.children.empty()) {
    append_search_key(command, key);
    return;
  }
  for (const auto& child : key.children) append_search_key(command, child);
}

bool needs_charset(const SearchKey& key) {
  if (!is_ascii(key.text)) return true;
  return std::any_of(key.children.begin(), key.children.end(), needs_charset);
}

// date = date-day "-" date-month "-" date-year        ; RFC 9051 section 9
std::string to_wire(const Date& date) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                            "May", "Jun", "Jul", "Aug",
                                            "Sep", "Oct", "Nov", "Dec"};
  const auto year = std::to_string(date.year);
  const auto month = static_cast<std::size_t>(std::clamp(date.month, 1, 12));
  return std::to_string(date.day) + "-" + kMonths[month - 1] + "-" +
         std::string(4 - std::min<std::size_t>(4, year.size()), '0') + year;
}

}  // namespace mailtool::imap
