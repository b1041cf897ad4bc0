#include "serve/imap_message.h"

#include <algorithm>

namespace mailtool::serve {
namespace {

// Most memory that a structure may take between two commands.
constexpr std::size_t kSmall = std::size_t{256} * 1024;

bool has_lines(const mime::Structure& structure, const mime::Part& part) {
  return part.is_message || structure.type(part).starts_with("text/");
}

}  // namespace

ImapMessage::ImapMessage(std::uint32_t uid, std::uint64_t octets,
                         std::unique_ptr<SeekableSource> source)
    : uid_(uid),
      octets_(octets),
      window_(std::move(source),
              static_cast<std::size_t>(std::min<std::uint64_t>(
                  OctetWindow::kOctets, octets + 1))) {}

Result<std::unique_ptr<ImapMessage>> ImapMessage::open(
    Mailbox& mailbox, const MailboxMessage& message) {
  const auto uid = message.uid;
  auto source = mailbox.open(uid);
  if (!source) return std::move(source).error();
  // It may be known only now.
  const auto octets = message.octets;
  return std::unique_ptr<ImapMessage>(
      new ImapMessage(uid, octets, *std::move(source)));
}

Result<const mime::Structure*> ImapMessage::header() {
  if (known_ != Known::nothing) return structure_;
  parser_.begin({.header_only = true});
  std::uint64_t offset = 0;
  while (!parser_.header_complete()) {
    const auto octets = window_.at(offset);
    if (!octets) return octets.error();
    if (octets->empty()) break;
    parser_.feed(*octets);
    offset += octets->size();
  }
  structure_ = &parser_.finish();
  known_ = Known::header;
  return structure_;
}

Result<const mime::Structure*> ImapMessage::structure() {
  if (known_ == Known::all) return structure_;
  known_ = Known::nothing;
  parser_.begin(mime::ParserLimits{});
  std::uint64_t offset = 0;
  while (true) {
    const auto octets = window_.at(offset);
    if (!octets) return octets.error();
    if (octets->empty()) break;
    parser_.feed(*octets);
    offset += octets->size();
  }
  structure_ = &parser_.finish();
  // What is there counts, not what a name says of it.
  octets_ = offset;
  known_ = Known::all;
  return structure_;
}

// Parts lie within each other: line ends are counted once, up to each place
// where a part begins or ends.
Result<std::vector<std::uint64_t>> ImapMessage::lines() {
  std::vector<std::uint64_t> places;
  for (const auto& part : structure_->parts) {
    if (!has_lines(*structure_, part)) continue;
    places.push_back(part.body.offset);
    places.push_back(part.body.end());
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  std::vector<std::uint64_t> up_to;
  std::uint64_t offset = places.empty() ? 0 : places.front();
  std::uint64_t lines = 0;
  for (const auto place : places) {
    while (offset < place) {
      const auto octets = window_.at(offset);
      if (!octets) return octets.error();
      if (octets->empty()) break;
      const auto next = octets->substr(
          0, static_cast<std::size_t>(
                 std::min<std::uint64_t>(octets->size(), place - offset)));
      lines += static_cast<std::uint64_t>(
          std::count(next.begin(), next.end(), '\n'));
      offset += next.size();
    }
    up_to.push_back(lines);
  }
  const auto before = [&](std::uint64_t place) {
    const auto at = std::lower_bound(places.begin(), places.end(), place);
    return up_to[static_cast<std::size_t>(at - places.begin())];
  };
  std::vector<std::uint64_t> all(structure_->parts.size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& part = structure_->parts[i];
    if (!has_lines(*structure_, part)) continue;
    all[i] = before(part.body.end()) - before(part.body.offset);
  }
  return all;
}

OctetWindow& ImapMessage::decoded_window(const mime::Part& part) {
  const auto index = index_of(part);
  if (!decoding_ || decoding_part_ != index) {
    decoding_.emplace(window_, part.body, part.transfer_encoding);
    decoding_part_ = index;
  }
  return *decoding_;
}

Result<ImapMessage::Decoded> ImapMessage::decoded(const mime::Part& part) {
  const auto index = index_of(part);
  if (const auto found = decoded_.find(index); found != decoded_.end()) {
    return found->second;
  }
  auto& window = decoded_window(part);
  Decoded decoded;
  while (true) {
    const auto octets = window.at(decoded.octets);
    if (!octets) return octets.error();
    if (octets->empty()) break;
    decoded.has_nul =
        decoded.has_nul || octets->find('\0') != std::string_view::npos;
    decoded.octets += octets->size();
  }
  decoded_.emplace(index, decoded);
  return decoded;
}

bool ImapMessage::is_small() const {
  if (structure_ == nullptr) return true;
  return structure_->header_text.size() + structure_->texts.size() +
             structure_->parts.size() * sizeof(mime::Part) +
             structure_->fields.size() * sizeof(mime::Field) <=
         kSmall;
}

}  // namespace mailtool::serve
