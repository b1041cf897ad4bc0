#include "app/imap_sort.h"

#include <algorithm>
#include <array>

#include "app/imap_collation.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/base_subject.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/header.h"

namespace mailtool::app {
namespace {

using Key = SortOrder::Key;

// In the order of SortOrder::Key.
constexpr std::array<std::string_view, 7> kKeys{"date", "arrival", "from", "to",
                                                "cc",   "subject", "size"};

// What of a text is compared, in octets: a listing of a million messages is
// held in memory.
constexpr std::size_t kComparedOctets = 256;

std::int64_t arrival(const imap::FetchData& message) {
  if (!message.internal_date) return 0;
  return imap::parse_internal_date(*message.internal_date).value_or(0);
}

std::int64_t sent(const imap::FetchData& message) {
  if (message.envelope && message.envelope->date) {
    if (const auto date = mime::parse_date_time(*message.envelope->date)) {
      return date->seconds;
    }
  }
  return arrival(message);
}

std::string first_mailbox(const std::vector<imap::Address>& addresses) {
  if (addresses.empty()) return "";
  return addresses.front().mailbox.value_or("");
}

std::string text_of(const imap::Envelope& envelope, Key key) {
  if (key == Key::from) return first_mailbox(envelope.from);
  if (key == Key::to) return first_mailbox(envelope.to);
  if (key == Key::cc) return first_mailbox(envelope.cc);
  if (!envelope.subject) return "";
  return imap::base_subject(mime::decode_value(*envelope.subject));
}

}  // namespace

Result<SortOrder> parse_sort(const std::string& text) {
  SortOrder order;
  order.reverse = text.starts_with('-');
  const auto name = std::string_view(text).substr(order.reverse ? 1 : 0);
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    if (!iequals(name, kKeys[i])) continue;
    order.key = static_cast<Key>(i);
    return order;
  }
  return Error{ErrorKind::usage,
               "not one of date, arrival, from, to, cc, subject, size" +
                   did_you_mean(name, kKeys),
               "--sort " + printable(text, 60)};
}

std::string criteria(const SortOrder& order) {
  const auto name = upper(kKeys[static_cast<std::size_t>(order.key)]);
  return order.reverse ? "REVERSE " + name : name;
}

client::FetchItems Sorter::items() const {
  client::FetchItems items;
  items.flags = false;
  items.size = order_.key == Key::size;
  items.internal_date = order_.key == Key::date || order_.key == Key::arrival;
  items.envelope = order_.key != Key::size && order_.key != Key::arrival;
  return items;
}

void Sorter::add(const imap::FetchData& message) {
  Entry entry;
  entry.uid = *message.uid;
  if (order_.key == Key::size) {
    entry.number = static_cast<std::int64_t>(
        std::min<std::uint64_t>(message.size.value_or(0), INT64_MAX));
  } else if (order_.key == Key::date) {
    entry.number = sent(message);
  } else if (order_.key == Key::arrival) {
    entry.number = arrival(message);
  } else if (message.envelope) {
    entry.text = collation_key(text_of(*message.envelope, order_.key));
    if (entry.text.size() > kComparedOctets) {
      entry.text.resize(kComparedOctets);
      entry.text.shrink_to_fit();
    }
  }
  entries_.push_back(std::move(entry));
}

std::vector<std::uint32_t> Sorter::take() {
  std::sort(entries_.begin(), entries_.end(),
            [this](const Entry& a, const Entry& b) {
              const auto& first = order_.reverse ? b : a;
              const auto& second = order_.reverse ? a : b;
              if (first.number != second.number) {
                return first.number < second.number;
              }
              const int texts = first.text.compare(second.text);
              return texts != 0 ? texts < 0 : a.uid < b.uid;
            });
  std::vector<std::uint32_t> uids;
  uids.reserve(entries_.size());
  for (const auto& entry : entries_) uids.push_back(entry.uid);
  entries_.clear();
  return uids;
}

}  // namespace mailtool::app
