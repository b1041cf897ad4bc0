// What is accepted can be printed, and read back as the same.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mailtool/pop3/command.h"
#include "mailtool/pop3/listing.h"
#include "mailtool/pop3/reply.h"

using namespace mailtool;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  const std::string_view all(reinterpret_cast<const char*>(data), n);
  const auto line = all.substr(0, all.find('\n'));
  const auto first = pop3::parse_reply(line);
  if (first) {
    auto wire = pop3::to_wire(*first);
    wire.resize(wire.size() - 2);
    const auto again = pop3::parse_reply(wire);
    // A text that begins like a code is the one thing that cannot be kept.
    if (!again || again->status != first->status) std::abort();
  }
  const auto stamp = pop3::apop_timestamp(line);
  if (!stamp.empty() && stamp.find_first_of(" \r\n") != stamp.npos)
    std::abort();
  if (const auto uidl = pop3::parse_uidl_line(line)) {
    if (uidl->number == 0 || uidl->uid.size() > pop3::kUidOctets) std::abort();
  }
  (void)pop3::parse_stat(line);
  (void)pop3::parse_list_line(line);
  return 0;
}
