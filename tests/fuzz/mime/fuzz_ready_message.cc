// Any division into writes gives the same message and the same facts; no LF
// without CR comes out, no Bcc, and a second pass changes nothing.

#include "mailtool/base/ascii.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/ready_message.h"
#include "require.h"

namespace mailtool::mime {
namespace {

struct Ready {
  std::string text;
  MessageScan scan;
};

Ready ready(std::string_view message, std::size_t chunk) {
  StringSink out(64 * 1024 * 1024);
  ReadyMessage filter(out, {.add_from = "me@x.test",
                            .add_date = "Fri, 20 Nov 2026 21:15:04 +0100",
                            .message_id_token = "1", .message_id_domain = "x.test"});
  pour(filter, message, chunk);
  return {out.take(), filter.scan()};
}

void require_same(const Ready& a, const Ready& b) {
  require(a.text == b.text);
  require(a.scan.octets == b.scan.octets && a.scan.lines == b.scan.lines);
  require(a.scan.longest_line == b.scan.longest_line);
  require(a.scan.longest_line_number == b.scan.longest_line_number);
  require(a.scan.bare_cr.has_value() == b.scan.bare_cr.has_value());
  if (a.scan.bare_cr) {
    require(a.scan.bare_cr->line == b.scan.bare_cr->line);
    require(a.scan.bare_cr->offset == b.scan.bare_cr->offset);
  }
  require(a.scan.nul.has_value() == b.scan.nul.has_value());
  require(a.scan.has_8bit_body == b.scan.has_8bit_body);
  require(a.scan.has_8bit_header == b.scan.has_8bit_header);
  require(a.scan.from.mailboxes == b.scan.from.mailboxes);
  require(a.scan.recipients.mailboxes == b.scan.recipients.mailboxes);
  require(a.scan.message_id == b.scan.message_id);
  require(a.scan.subject == b.scan.subject);
  require(a.scan.signed_by == b.scan.signed_by);
  require(a.scan.has_binary_part == b.scan.has_binary_part);
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool;
  using namespace mailtool::mime;
  const auto message = as_text(data, size);
  const auto whole = ready(message, message.size() + 1);
  require_same(ready(message, 1), whole);
  require_same(ready(message, 3), whole);
  require(whole.scan.octets == whole.text.size());
  for (std::size_t i = 0; i < whole.text.size(); ++i) {
    if (whole.text[i] == '\n') require(i > 0 && whole.text[i - 1] == '\r');
  }
  if (whole.scan.bare_cr) {
    require(whole.text[whole.scan.bare_cr->offset] == '\r');
  }
  if (whole.scan.nul) require(whole.text[whole.scan.nul->offset] == '\0');
  Parser parser;
  parser.feed(whole.text);
  const auto structure = parser.finish();
  for (std::size_t i = 0; i < structure.parts[0].field_count; ++i) {
    const auto name = structure.name(structure.fields[i]);
    require(!iequals(name, "bcc") && !iequals(name, "resent-bcc"));
  }
  if (!message.empty()) require(ready(whole.text, 5).text == whole.text);
  return 0;
}
