// Commands in the user's own words.

#include <algorithm>
#include <array>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/client/imap_raw_command.h"

namespace mailtool::client {
namespace {

// After these the connection speaks something else, or a secret would stand in
// the arguments of a program.
constexpr std::array<std::string_view, 7> kRefused{
    "AUTHENTICATE", "COMPRESS", "IDLE",           "LOGIN",
    "LOGOUT",       "STARTTLS", "UNAUTHENTICATE"};

// "… {5}": what the server would take for the announcement of a literal.
bool ends_in_literal(std::string_view text) {
  if (!text.ends_with('}')) return false;
  text.remove_suffix(1);
  if (text.ends_with('+') || text.ends_with('-')) text.remove_suffix(1);
  const auto digits = text.find_last_not_of("0123456789");
  return digits != text.npos && digits + 1 < text.size() && text[digits] == '{';
}

class DiscardSink : public Sink {
 public:
  Result<void> write(std::string_view) override { return {}; }
};

class RawHandler : public ImapHandler {
 public:
  explicit RawHandler(const ImapClient::OnRaw& on_response)
      : on_response_(on_response) {}

  Result<void> on_framed(const imap::FramedResponse& framed) override {
    return on_response_(framed.octets);
  }
  // All of it was asked for.
  Result<bool> on_data(imap::Response&) override { return true; }
  Sink* on_literal(const imap::FramedResponse& before) override {
    return before.literals.back().size > kShownLiteral ? &rest_ : nullptr;
  }

 private:
  // What is longer is for `get`, which streams it.
  static constexpr std::uint64_t kShownLiteral = 1024 * 1024;

  const ImapClient::OnRaw& on_response_;
  DiscardSink rest_;
};

}  // namespace

Result<void> check_raw_command(std::string_view text) {
  const auto step = printable(text, 80);
  const auto wrong = [&](std::string what) {
    return Error{ErrorKind::usage, std::move(what), step};
  };
  if (trim(text).empty() || text.front() == ' ') {
    return wrong("no command of IMAP");
  }
  if (has_line_break_or_nul(text)) return wrong("CR, LF or NUL in a command");
  if (!is_ascii(text)) {
    return wrong("IMAP commands are ASCII; a folder is named as `raw 'LIST "
                 "\"\" *'` shows it");
  }
  if (ends_in_literal(text)) {
    return wrong("literals are not passed on; write a quoted string");
  }
  const auto name = upper(text.substr(0, text.find(' ')));
  if (std::find(kRefused.begin(), kRefused.end(), name) != kRefused.end()) {
    return wrong(name + " would change how the connection is spoken");
  }
  if (name == "ENABLE" && upper(text).find("UIDONLY") != std::string::npos) {
    return wrong("UIDONLY would change how messages are named");
  }
  if (name == "ENABLE" && (upper(text).find("UTF8") != std::string::npos ||
                           upper(text).find("IMAP4REV2") != std::string::npos)) {
    return wrong("it would change how folders are named");
  }
  return {};
}

Result<imap::StatusResponse> ImapClient::raw(std::string_view text,
                                             const OnRaw& on_response) {
  if (auto checked = check_raw_command(text); !checked) return checked.error();
  imap::Command command{std::string(text.substr(0, text.find(' '))),
                        {{false, std::string(text)}}};
  RawHandler handler(on_response);
  auto done = run(command, &handler);
  // Whatever it was may have selected another mailbox, or none, and searched:
  // what was known of that is known no more.
  selected_.reset();
  raw_may_select_ = true;
  saved_.reset();
  among_saved_.clear();
  return done;
}

}  // namespace mailtool::client
