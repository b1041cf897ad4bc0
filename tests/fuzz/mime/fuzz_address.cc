// What is read of an address list can be written, and reading that gives the
// same mailboxes and groups; nothing in it can break a line.

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/header.h"
#include "require.h"

namespace mailtool::mime {
namespace {

void check(const AddressList& list) {
  for (const auto& mailbox : list.mailboxes) {
    require(!mailbox.address.empty());
    require(is_valid_utf8(mailbox.name) && is_valid_utf8(mailbox.address));
    require(!has_line_break_or_nul(mailbox.name));
    require(!has_line_break_or_nul(mailbox.address));
  }
  for (const auto& group : list.groups) {
    require(group.begin <= group.end && group.end <= list.mailboxes.size());
    require(!has_line_break_or_nul(group.name));
  }
  const auto header = to_header(list);
  const auto again = parse_address_list(header);
  require(again.mailboxes == list.mailboxes && again.groups == list.groups);
  const auto field = fold_field("To", header);
  const auto folded = parse_address_list(std::string_view(field).substr(3));
  require(folded.mailboxes == list.mailboxes && folded.groups == list.groups);
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  const auto text = as_text(data, size);
  const auto list = parse_address_list(text);
  check(list);
  // Nothing of one list shows in the next.
  static AddressList reused;
  parse_address_list(text, reused);
  require(reused.mailboxes == list.mailboxes && reused.groups == list.groups);
  require(reused.defects == list.defects);
  if (const auto typed = read_address_list(text, "--to")) {
    require(!typed->defective);
    check(*typed);
  }
  return 0;
}
