#include "app/imap_uid_set.h"

#include <unordered_set>
#include <utility>

#include "app/imap_folder_name.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kHeader = "#mailtool-uids v1 ";
constexpr std::size_t kMaxBlocks = 100'000;

Error damaged(std::size_t line, std::string what) {
  return Error{ErrorKind::bad_input, std::move(what),
               "UID set on stdin, line " + std::to_string(line)};
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

// The text up to the closing quote; `rest` begins behind the opening one and
// then behind the closing one. False when there is none.
bool take_quoted(std::string_view& rest, std::string& text) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\' && ++i == rest.size()) return false;
    text += rest[i];
  }
  return false;
}

struct Header {
  std::string folder;
  std::uint32_t uidvalidity = 0;
  std::uint64_t n = 0;
};

// NAME=VALUE words; those not known are for later versions of v1.
bool parse_header(std::string_view rest, Header& header) {
  bool folder = false;
  bool validity = false;
  bool n = false;
  while (!rest.empty()) {
    const auto equals = rest.find('=');
    if (equals == rest.npos || equals == 0) return false;
    const auto name = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    std::string value;
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      if (!take_quoted(rest, value)) return false;
    } else {
      value = rest.substr(0, rest.find(' '));
      rest.remove_prefix(value.size());
    }
    if (!rest.empty() && !rest.starts_with(' ')) return false;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (name == "folder") {
      header.folder = std::move(value);
      folder = !header.folder.empty() && is_valid_utf8(header.folder) &&
               !has_line_break_or_nul(header.folder);
    } else if (name == "uidvalidity") {
      const auto number = parse_number(value, UINT32_MAX);
      validity = number.has_value();
      header.uidvalidity = static_cast<std::uint32_t>(number.value_or(0));
    } else if (name == "n") {
      const auto number = parse_number(value, UINT32_MAX);
      n = number.has_value();
      header.n = number.value_or(0);
    }
  }
  return folder && validity && n;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<std::vector<UidBlock>> read() {
    std::vector<UidBlock> blocks;
    std::unordered_set<std::string> folders;
    std::string_view line;
    while (next(line)) {
      if (blocks.size() == kMaxBlocks)
        return damaged(line_, "too many folders");
      auto block = read_block(line);
      if (!block) return std::move(block).error();
      // What the first has moved the second would miss.
      if (!folders.insert(block->folder).second) {
        return damaged(line_, "a folder twice");
      }
      blocks.push_back(*std::move(block));
    }
    if (!rest_.empty()) return damaged(line_ + 1, "line without its end");
    if (blocks.empty()) {
      return damaged(1, "nothing there; the search before has failed");
    }
    return blocks;
  }

 private:
  // False at the end, and where a line has no LF: it was cut off.
  bool next(std::string_view& line) {
    const auto end = rest_.find('\n');
    if (end == rest_.npos) return false;
    line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_;
    return true;
  }

  Result<UidBlock> read_block(std::string_view line) {
    Header header;
    if (!line.starts_with(kHeader) ||
        !parse_header(line.substr(kHeader.size()), header)) {
      return damaged(line_,
                     "no \"#mailtool-uids v1 folder=… uidvalidity=… n=…\"");
    }
    std::vector<imap::Range> ranges;
    while (next(line)) {
      if (line.starts_with('#')) return end(line, header, std::move(ranges));
      const auto part = imap::parse_sequence_set(line);
      if (!part || part->open_ended()) return damaged(line_, "no UID set");
      ranges.insert(ranges.end(), part->ranges().begin(), part->ranges().end());
    }
    return damaged(line_, "cut off: \"#end\" is missing; nothing was done");
  }

  Result<UidBlock> end(std::string_view line, const Header& header,
                       std::vector<imap::Range> ranges) const {
    constexpr std::string_view kEnd = "#end n=";
    imap::SequenceSet uids(std::move(ranges));
    const auto n = line.starts_with(kEnd)
                       ? parse_number(line.substr(kEnd.size()), UINT32_MAX)
                       : std::nullopt;
    if (!n) return damaged(line_, "no \"#end n=…\"");
    if (*n != header.n || *n != uids.count()) {
      return damaged(
          line_, "wrong number of UIDs: " + std::to_string(uids.count()) +
                     " are there, " + std::to_string(header.n) + " announced");
    }
    return UidBlock{name_meant(header.folder), header.uidvalidity,
                    std::move(uids)};
  }

  std::string_view rest_;
  std::size_t line_ = 0;
};

}  // namespace

Result<void> write_uid_block(Sink& out, const UidBlock& block) {
  const auto n = std::to_string(block.uids.count());
  std::string text =
      std::string(kHeader) + "folder=" + in_quotes(typed_name(block.folder)) +
      " uidvalidity=" + std::to_string(block.uidvalidity) + " n=" + n + "\n";
  if (auto wrote = out.write(text); !wrote) return wrote;
  for (const auto& line : imap::split_to_wire(block.uids, kUidLineOctets - 1)) {
    if (auto wrote = out.write(line + "\n"); !wrote) return wrote;
  }
  return out.write("#end n=" + n + "\n");
}

Result<std::vector<UidBlock>> read_uid_blocks(std::string_view text) {
  return Reader(text).read();
}

}  // namespace mailtool::app
