/// \file
/// Composer: a new message out of typed parts. RFC 5322, RFC 2045 to 2049,
/// RFC 2231, RFC 2387 (related), RFC 6532 where an address needs it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/mime/address.h"

namespace mailtool::mime {

/// A file that goes along. `content` outlives compose() and is read once.
struct Attachment {
  Source* content = nullptr;
  std::string file_name;   ///< UTF-8, without folders; empty: no name
  std::string media_type;  ///< "application/pdf"; empty: by the extension
  std::string content_id;  ///< for inline parts: "logo@example.org", no <>
};

/// A header field given by the caller. The value is UTF-8 without line breaks.
struct ExtraField {
  std::string name;
  std::string value;
};

/// What a message is made of. All text is UTF-8. Sources outlive compose().
struct Composition {
  AddressList from;      ///< at least one mailbox
  AddressList sender;    ///< needed when from has several
  AddressList reply_to;
  AddressList to;
  AddressList cc;
  AddressList bcc;       ///< never written: belongs to the envelope alone
  std::string subject;
  std::string in_reply_to;  ///< "<id@host>"; also becomes References
  std::vector<ExtraField> extra;

  Source* text = nullptr;  ///< text/plain; null with html: html alone
  Source* html = nullptr;  ///< text/html, an alternative to text
  std::vector<Attachment> inline_parts;  ///< related to html, by content_id
  std::vector<Attachment> attachments;

  std::string date;          ///< RFC 5322: format_date_time() makes it
  std::string message_id;    ///< "<id@host>": make_message_id() makes it
  std::string random_token;  ///< 16 to 40 letters and digits, for boundaries
};

/// What the transport must know of the message written.
struct Composed {
  std::uint64_t octets = 0;
  bool utf8_headers = false;  ///< an address needs SMTPUTF8 (RFC 6531)
};

/// Writes the message to `out`, every line ended by CRLF, all lines 7 bit and
/// at most 998 octets (8 bit only where utf8_headers). A text body goes as
/// 7bit, quoted-printable or base64, whichever is shorter; text that is not
/// UTF-8 is labelled windows-1252. Attachments stream; at most 1 MiB of each
/// text is held.
///
/// Fails with usage, before the first octet is written, when a value holds CR,
/// LF or NUL, a field name is not one, a field that composing sets itself is
/// among `extra`, there is no From, or a media type is malformed; later only
/// with what a Source or `out` fails with.
Result<Composed> compose(const Composition& message, Sink& out);

/// The media type that goes with the extension of `file_name`, else
/// "application/octet-stream".
[[nodiscard]] std::string_view media_type_of(std::string_view file_name);

}  // namespace mailtool::mime
