// Properties: what decodes encodes to the same octets; what encodes decodes to
// the same text; in UTF-8 a name is what it is.

#include <cstdint>
#include <cstdlib>

#include "mailtool/base/utf8.h"
#include "mailtool/imap/mailbox_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  using namespace mailtool;
  const std::string_view text(reinterpret_cast<const char*>(data), n);
  const auto utf8 = imap::decode_modified_utf7(text);
  if (utf8 && imap::encode_modified_utf7(*utf8) != text) std::abort();
  const auto wire = imap::encode_modified_utf7(text);
  const auto again = imap::decode_modified_utf7(wire);
  if (!again) std::abort();
  if (is_valid_utf8(text) && *again != text) std::abort();
  const auto name = imap::mailbox_from_wire(text);
  if (name.well_formed && imap::mailbox_from_utf8(name.utf8) &&
      imap::mailbox_from_utf8(name.utf8)->wire != name.wire) {
    std::abort();
  }
  const auto plain = imap::mailbox_from_wire(text, imap::NameEncoding::utf8);
  if (plain.well_formed != is_valid_utf8(plain.wire)) std::abort();
  if (imap::in_encoding(name, imap::NameEncoding::utf8).utf8 != name.utf8) {
    std::abort();
  }
  return 0;
}
