#include "app/imap_thread.h"

#include <algorithm>

#include "app/imap_collation.h"
#include "mailtool/imap/base_subject.h"
#include "mailtool/mime/date_time.h"

namespace mailtool::app {
namespace {

// What of a subject is compared, in octets: those of a million messages are held
// in memory.
constexpr std::size_t kComparedOctets = 256;

std::int64_t date_of(const imap::FetchData& message, std::string_view header) {
  const auto sent = mime::parse_date_time(first_field(header, "Date"));
  if (sent) return sent->seconds;
  if (!message.internal_date) return 0;
  return imap::parse_internal_date(*message.internal_date).value_or(0);
}

}  // namespace

bool offers_threads(const imap::Capabilities& capabilities,
                    imap::ThreadBy by) {
  return capabilities.has("THREAD=" + std::string(algorithm(by)));
}

client::FetchItems ThreadMaker::items() const {
  client::FetchItems items;
  items.flags = false;
  items.internal_date = true;
  items.header_fields = {"DATE", "MESSAGE-ID", "REFERENCES", "IN-REPLY-TO"};
  if (by_ == imap::ThreadBy::references_and_subject) {
    items.header_fields.emplace_back("SUBJECT");
  }
  return items;
}

void ThreadMaker::add(const imap::FetchData& message) {
  std::string_view header;
  for (const auto& section : message.sections) {
    if (section.octets) header = *section.octets;
  }
  imap::ThreadMessage one;
  one.uid = *message.uid;
  one.date = date_of(message, header);
  const auto message_id = first_field(header, "Message-ID");
  const auto references = first_field(header, "References");
  const auto in_reply_to = first_field(header, "In-Reply-To");
  one.message_id = message_id;
  one.references = references;
  one.in_reply_to = in_reply_to;
  if (by_ == imap::ThreadBy::references_and_subject) {
    const auto subject = first_field(header, "Subject");
    one.subject =
        collation_key(imap::base_subject(subject, &one.is_reply));
    one.subject.resize(std::min(one.subject.size(), kComparedOctets));
  }
  threader_.add(one);
}

}  // namespace mailtool::app
