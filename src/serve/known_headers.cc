#include "serve/known_headers.h"

#include <cstring>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/collation.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"

namespace mailtool::serve {
namespace {

constexpr std::size_t kLarge = 4096;  // is not kept
constexpr std::size_t kEntry = 64;    // what the map needs for each

}  // namespace

char KnownHeader::tag_of(std::string_view field_name) {
  for (const std::string_view one : {"FROM", "TO", "CC", "BCC", "SUBJECT"}) {
    if (iequals(one, field_name)) return one[0];
  }
  return 0;
}

KnownHeader::KnownHeader(const mime::Structure& structure) {
  const auto& top = structure.parts.front();
  for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    const char tag = tag_of(structure.name(field));
    if (tag == 0) continue;
    lines_ += tag;
    mime::append_collation_key(lines_,
                               mime::decode_value(structure.value(field)));
    lines_ += '\n';
  }
  lines_.shrink_to_fit();
  const auto value = structure.value_of(top, "Date");
  const auto date = value ? mime::parse_date_time(*value) : std::nullopt;
  if (date) sent_ = date->seconds + std::int64_t{60} * date->zone_minutes;
}

bool KnownHeader::contains(char tag, std::string_view text) const {
  std::string_view rest(lines_);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto value = rest.substr(1, end - 1);
    const bool found = rest[0] == tag &&
                       ::memmem(value.data(), value.size(), text.data(),
                                text.size()) != nullptr;
    if (found) return true;
    rest.remove_prefix(end + 1);
  }
  return false;
}

std::size_t KnownHeader::octets() const {
  return kEntry + sizeof(KnownHeader) + lines_.capacity();
}

const KnownHeader* KnownHeaders::find(std::uint32_t uid) const {
  const auto found = by_uid_.find(uid);
  return found == by_uid_.end() ? nullptr : &found->second;
}

void KnownHeaders::keep(std::uint32_t uid, KnownHeader header) {
  const auto octets = header.octets();
  if (octets > kLarge || !by_uid_.emplace(uid, std::move(header)).second) return;
  octets_ += octets;
  all_.octets_ += octets;
  all_.make_room();
}

void KnownHeaders::clear() {
  by_uid_.clear();
  all_.octets_ -= std::exchange(octets_, 0);
}

KnownHeadersOfAll& KnownHeadersOfAll::of(MailStore& store) {
  if (!store.known_headers_) {
    store.known_headers_ = std::make_shared<KnownHeadersOfAll>();
  }
  return *store.known_headers_;
}

std::shared_ptr<KnownHeaders> KnownHeadersOfAll::of(
    const std::shared_ptr<Mailbox>& mailbox) {
  searched_.remove_if([](const One& one) { return one.mailbox.expired(); });
  for (auto at = searched_.begin(); at != searched_.end(); ++at) {
    if (at->mailbox.lock() != mailbox) continue;
    searched_.splice(searched_.begin(), searched_, at);
    return at->headers;
  }
  searched_.push_front({mailbox, std::make_shared<KnownHeaders>(*this)});
  return searched_.front().headers;
}

void KnownHeadersOfAll::make_room() {
  for (auto at = searched_.rbegin();
       octets_ > kOctets && at != searched_.rend(); ++at) {
    at->headers->clear();
  }
}

}  // namespace mailtool::serve
