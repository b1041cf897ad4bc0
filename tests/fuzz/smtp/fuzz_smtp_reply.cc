// Whatever is accepted can be written, and reading what was written gives the
// same value back: replies, capabilities, commands and messages.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/base/ascii.h"
#include "mailtool/smtp/capability.h"
#include "mailtool/smtp/command.h"
#include "mailtool/smtp/data_stuffing.h"
#include "mailtool/smtp/reply.h"

namespace mailtool::smtp {
namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

// The first reply in `text`.
std::optional<Reply> parse(std::string_view text) {
  ReplyParser parser;
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto fed = parser.feed_line(line);
    if (!fed) return std::nullopt;
    if (*fed) return **fed;
  }
  return std::nullopt;
}

void check_command(std::string_view line) {
  const auto command = parse_command(line);
  if (!command) return;
  const auto wire = to_wire(*command);
  if (!wire) return;  // ORCPT and the like may be legal here and too long there
  require(wire->ends_with("\r\n"));
  require(!has_line_break_or_nul(
      std::string_view(*wire).substr(0, wire->size() - 2)));
  const auto back = parse_command(wire->substr(0, wire->size() - 2));
  require(back.has_value() && *back == *command);
}

void check_message(std::string_view text) {
  DataStuffer whole({.refuse_bare_cr = false});
  DataStuffer split_up({.refuse_bare_cr = false});
  std::string wire;
  std::string same;
  require(whole.feed(text, wire).has_value());
  require(whole.finish(wire).has_value());
  for (std::size_t i = 0; i < text.size(); i += 3) {
    require(split_up.feed(text.substr(i, 3), same).has_value());
  }
  require(split_up.finish(same).has_value());
  require(wire == same && whole.facts() == split_up.facts());

  DataUnstuffer unstuffer;
  std::string message;
  require(unstuffer.feed(wire, message) == wire.size() && unstuffer.done());
  require(message.size() == whole.facts().octets);
}

}  // namespace
}  // namespace mailtool::smtp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::smtp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reply = parse(text)) {
    require(parse(to_wire(*reply)) == reply);
    const auto capabilities = parse_capabilities(*reply);
    require(parse_capabilities(to_reply(capabilities)) == capabilities);
    (void)one_line(*reply);
  }
  check_command(text.substr(0, text.find('\n')));
  check_message(text);
  return 0;
}
