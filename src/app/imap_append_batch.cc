#include "app/imap_append_batch.h"

#include <array>
#include <utility>

#include "app/sender_identity.h"

namespace mailtool::app {

Result<void> CrlfSink::write(std::string_view octets) {
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    const auto line = octets.substr(0, end);
    if (!line.empty()) {
      last_ = line.back();
      if (auto wrote = to_.write(line); !wrote) return wrote;
    }
    if (end == octets.npos) return {};
    if (auto wrote = to_.write(last_ == '\r' ? "\n" : "\r\n"); !wrote) {
      return wrote;
    }
    last_ = '\n';
    octets.remove_prefix(end + 1);
  }
  return {};
}

AppendBatch::AppendBatch() : spool_(temporary_folder()), lines_(spool_) {}

void AppendBatch::begin(std::string source, bool of_mbox) {
  current_ = {};
  current_.source = std::move(source);
  current_.offset = spool_.size();
  lines_.begin();
  header_ = {};
  in_from_line_ = of_mbox;
  nul_ = false;
}

Result<void> AppendBatch::write(std::string_view octets) {
  if (in_from_line_) {
    const auto end = octets.find('\n');
    if (end == octets.npos) return {};
    in_from_line_ = false;
    octets.remove_prefix(end + 1);
  }
  header_.write(octets);
  nul_ = nul_ || octets.find('\0') != octets.npos;
  return lines_.write(octets);
}

Result<void> AppendBatch::end(std::vector<std::string> flags,
                              std::optional<std::int64_t> date) {
  current_.octets = spool_.size() - current_.offset;
  if (current_.octets == 0) {
    return Error{ErrorKind::bad_input, "the message is empty"};
  }
  if (nul_) {
    return Error{ErrorKind::bad_input, "a NUL, which IMAP cannot carry"};
  }
  current_.flags = std::move(flags);
  current_.date = date;
  current_.utf8_header = header_.found();
  octets_ += current_.octets;
  items_.push_back(std::move(current_));
  return {};
}

Result<void> AppendBatch::clear() {
  items_.clear();
  octets_ = 0;
  return spool_.clear();
}

bool AppendBatch::full() const {
  return items_.size() >= kMessages || octets_ >= kOctets;
}

client::MessageToAppend AppendBatch::message(const Item& item) const {
  client::MessageToAppend message;
  message.flags = item.flags;
  message.internal_date = item.date;
  message.octets = item.octets;
  message.utf8_header = item.utf8_header;
  message.write = [this, offset = item.offset, octets = item.octets](Sink& to) {
    return spool_.copy(offset, octets, to);
  };
  return message;
}

std::vector<std::string> maildir_flags(std::string_view name) {
  constexpr std::array<std::pair<char, std::string_view>, 5> kFlags{
      {{'D', "\\Draft"},
       {'F', "\\Flagged"},
       {'R', "\\Answered"},
       {'S', "\\Seen"},
       {'T', "\\Deleted"}}};
  std::vector<std::string> flags;
  const auto info = name.rfind(":2,");
  if (info == name.npos) return flags;
  const auto letters = name.substr(info + 3);
  for (const auto& [letter, flag] : kFlags) {
    if (letters.find(letter) != letters.npos) flags.emplace_back(flag);
  }
  return flags;
}

}  // namespace mailtool::app
