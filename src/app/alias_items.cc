#include "app/alias_items.h"

#include <array>
#include <filesystem>

#include "app/file_source.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/address.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kShown = 100;
constexpr std::string_view kInclude = ":include:";

// item = address / "\" address / "|" command / "/" path / ":include:" path
//      / ":" word ":" text               ; each may stand in double quotes
Result<AliasItem> parse_item(std::string_view text, const std::string& where) {
  using enum AliasItem::Kind;
  // Quotes around a whole item; in an address they are part of it.
  const auto inner = unquoted(text);
  if (inner.starts_with('|')) return AliasItem{program, inner};
  if (inner.starts_with('/')) return AliasItem{file, inner};
  if (istarts_with(inner, kInclude)) {
    const auto path = trim(std::string_view(inner).substr(kInclude.size()));
    return AliasItem{include, unquoted(path)};
  }
  if (inner.starts_with(':')) return AliasItem{directive, inner};
  const bool final = text.starts_with('\\');
  if (final) text.remove_prefix(1);
  auto list = mime::read_address_list(text, where);
  if (!list || list->mailboxes.size() != 1) {
    return Error{ErrorKind::config,
                 "'" + printable(text, kShown) + "' is no address", where};
  }
  return AliasItem{address, list->mailboxes[0].address, final};
}

}  // namespace

Result<std::vector<AliasItem>> parse_alias_items(std::string_view text,
                                                 const std::string& where) {
  std::vector<AliasItem> items;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (auto rest = without_comment(line); !rest.empty();) {
      const bool directive = trim(rest).starts_with(':');
      // The text of a directive may hold commas; a path seldom does.
      const bool whole = directive && !istarts_with(trim(rest), kInclude);
      const auto comma = whole ? rest.npos : find_outside_quotes(rest, ',');
      const auto word = trim(rest.substr(0, comma));
      if (!word.empty()) {
        auto item = parse_item(word, where);
        if (!item) return std::move(item).error();
        items.push_back(std::move(*item));
      }
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return items;
}

Result<std::string> read_alias_file(const std::string& path,
                                    std::size_t max_octets) {
  if (path == "/dev/null") return std::string();
  // A pipe or a terminal would keep the mail waiting for who writes to it.
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) &&
      !std::filesystem::is_regular_file(status)) {
    return Error{ErrorKind::config, "not a regular file", printable(path)};
  }
  auto source = FileSource::open(path);
  if (!source) {
    auto error = std::move(source).error();
    error.kind = ErrorKind::config;
    return error;
  }
  std::string text;
  std::array<char, 16384> piece;
  for (;;) {
    const auto count = source->read_some(piece);
    if (!count) return count.error();
    if (*count == 0) return text;
    text.append(piece.data(), *count);
    if (text.size() > max_octets) {
      return Error{ErrorKind::config,
                   "larger than " + std::to_string(max_octets) + " octets",
                   printable(path)};
    }
  }
}

std::string_view without_comment(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && quoted) {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == '#' && !quoted && (i == 0 || is_blank(line[i - 1]))) {
      return line.substr(0, i);
    }
  }
  return line;
}

std::size_t find_outside_quotes(std::string_view text, char c) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == c && !quoted) {
      return i;
    }
  }
  return text.npos;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return std::string(text);
  }
  std::string content;
  const auto inner = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\' && i + 1 < inner.size()) ++i;
    content += inner[i];
  }
  return content;
}

}  // namespace mailtool::app
