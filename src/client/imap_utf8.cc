// Servers that take UTF-8 as it is: IMAP4rev2 (RFC 9051), UTF8=ACCEPT and
// UTF8=ONLY (RFC 6855).

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

// enable-data = "ENABLED" *(SP capability)           ; RFC 5161 section 4
class EnabledHandler : public ImapHandler {
 public:
  Result<bool> on_data(imap::Response& data) override {
    const auto* other = std::get_if<imap::OtherData>(&data);
    if (other == nullptr || other->name != "ENABLED") return false;
    for (const auto word : split(trim(other->raw), ' ')) {
      utf8 = utf8 || iequals(word, "UTF8=ACCEPT");
    }
    return true;
  }
  bool utf8 = false;
};

}  // namespace

// False where the server has not done so.
Result<bool> ImapClient::enable_utf8() {
  imap::CommandBuilder command("ENABLE");
  EnabledHandler handler;
  const auto built = command.text("UTF8=ACCEPT").build();
  if (!built) return built.error();
  auto done = run(*built, &handler);
  if (!done) return std::move(done).error();
  if (done->status != imap::Status::ok || !handler.utf8) return false;
  utf8_enabled_ = true;
  dialogue_.set_names(imap::NameEncoding::utf8);
  return true;
}

// RFC 9051 appendix A: a server that offers IMAP4rev1 too is one, until
// IMAP4rev2 is enabled.
Result<void> ImapClient::settle_names() {
  if (!authenticated_ || !capabilities_ || utf8_enabled_) return {};
  if (capabilities_->has("UTF8=ONLY")) {
    auto enabled = enable_utf8();
    if (!enabled) return std::move(enabled).error();
    if (*enabled) return {};
    return Error{ErrorKind::protocol,
                 "the server wants UTF8=ACCEPT, and does not enable it",
                 "ENABLE"};
  }
  if (capabilities_->has("IMAP4REV2") && !capabilities_->has("IMAP4REV1")) {
    dialogue_.set_names(imap::NameEncoding::utf8);
  }
  return {};
}

// RFC 5161 section 3.1: not once a mailbox is selected.
Result<bool> ImapClient::accept_utf8() {
  if (utf8_enabled_) return true;
  auto offered = offers("UTF8=ACCEPT");
  if (!offered) return offered;
  if (!*offered || utf8_refused_ || selected_ || raw_may_select_) return false;
  auto enabled = enable_utf8();
  utf8_refused_ = !enabled || !*enabled;
  return enabled;
}

Result<imap::MailboxName> ImapClient::mailbox(std::string_view utf8) {
  auto name = imap::mailbox_from_utf8(utf8, names());
  // What is the same in both encodings need not wait for capabilities.
  if (!name || name->wire == name->utf8) return name;
  if (auto known = capabilities(); !known) return std::move(known).error();
  return imap::mailbox_from_utf8(utf8, names());
}

}  // namespace mailtool::client
