#include "serve/imap_mailbox_name.h"

#include "mailtool/base/ascii.h"
#include "serve/imap_words.h"

namespace mailtool::serve {

std::string_view astring_text(imap::Value value) {
  return value.is_nil() ? value.raw() : value.text();
}

std::optional<std::string> read_mailbox_name(std::string_view wire,
                                             imap::NameEncoding encoding) {
  if (wire.empty() || wire.size() > imap::kMaxMailboxName) return std::nullopt;
  auto name = imap::mailbox_from_wire(wire, encoding);
  if (!name.well_formed) return std::nullopt;
  if (istarts_with(name.utf8, "INBOX/")) name.utf8.replace(0, 5, "INBOX");
  return std::move(name.utf8);
}

void put_mailbox_name(std::string& out, std::string_view utf8,
                      imap::NameEncoding encoding) {
  if (encoding == imap::NameEncoding::modified_utf7) {
    return put_string(out, imap::encode_modified_utf7(utf8));
  }
  // RFC 9051 section 9: a quoted string may hold UTF-8.
  if (is_ascii(utf8) || has_line_break_or_nul(utf8)) {
    return put_string(out, utf8);
  }
  out += '"';
  for (const char c : utf8) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace mailtool::serve
