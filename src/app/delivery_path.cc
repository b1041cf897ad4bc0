#include "app/delivery_path.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/received.h"

namespace mailtool::app {
namespace {

// Longest value in which words about TLS are looked for.
constexpr std::size_t kSearched = 4000;

bool is_one_of(std::string_view word, std::string_view words) {
  for (const auto one : split(words, ' ')) {
    if (iequals(word, one)) return true;
  }
  return false;
}

bool mentions(std::string_view text, std::string_view phrase) {
  const auto found =
      std::search(text.begin(), text.end(), phrase.begin(), phrase.end(),
                  [](char a, char b) { return to_lower(a) == to_lower(b); });
  return found != text.end();
}

// The protocol says so (RFC 3848, RFC 6531 section 4.3), or a comment does.
HopTls tls_of(std::string_view with, std::string_view value) {
  const auto protocol = with.substr(0, with.find(' '));
  if (is_one_of(protocol,
                "ESMTPS ESMTPSA SMTPS LMTPS LMTPSA UTF8SMTPS UTF8SMTPSA "
                "UTF8LMTPS UTF8LMTPSA HTTPS")) {
    return HopTls::yes;
  }
  const auto searched = value.substr(0, kSearched);
  if (mentions(searched, "version=TLS") || mentions(searched, "using TLS"))
    return HopTls::yes;
  return is_one_of(protocol,
                   "SMTP ESMTP ESMTPA LMTP LMTPA UTF8SMTP UTF8SMTPA UTF8LMTP "
                   "UTF8LMTPA HTTP")
             ? HopTls::no
             : HopTls::not_told;
}

Hop hop_of(std::string_view value) {
  auto received = mime::parse_received(value);
  Hop hop;
  hop.tls = tls_of(received.with, value);
  hop.from = std::move(received.from);
  hop.ip = std::move(received.ip);
  hop.by = std::move(received.by);
  hop.with = std::move(received.with);
  hop.date = received.date;
  return hop;
}

void measure(DeliveryPath& path) {
  const Hop* first = nullptr;
  const Hop* last = nullptr;
  for (auto& hop : path.hops) {
    if (!hop.date) continue;
    if (last != nullptr) hop.delay = hop.date->seconds - last->date->seconds;
    if (first == nullptr) first = &hop;
    last = &hop;
  }
  if (first != last) path.total = last->date->seconds - first->date->seconds;
}

}  // namespace

DeliveryPath delivery_path(const mime::Structure& structure) {
  DeliveryPath path;
  const auto& top = structure.parts[0];
  // Each host puts its field on top of those that were there.
  for (std::size_t i = top.field_count; i-- > 0;) {
    const auto& field = structure.fields[top.first_field + i];
    if (field.id != mime::FieldId::received) continue;
    if (path.hops.size() == kMaxHops) {
      ++path.left_out;
      continue;
    }
    path.hops.push_back(hop_of(structure.value(field)));
  }
  measure(path);
  return path;
}

std::string delay_text(std::int64_t seconds) {
  const auto sign = seconds < 0 ? "-" : "";
  const auto size = seconds < 0 ? -seconds : seconds;
  const auto pair = [&](std::int64_t big, const char* unit, std::int64_t small,
                        const char* small_unit) {
    return sign + std::to_string(big) + unit + std::to_string(small) +
           small_unit;
  };
  if (size < 60) return sign + std::to_string(size) + " s";
  if (size < 3600) return pair(size / 60, " min ", size % 60, " s");
  if (size < 86'400) return pair(size / 3600, " h ", size / 60 % 60, " min");
  return pair(size / 86'400, " d ", size / 3600 % 24, " h");
}

}  // namespace mailtool::app
