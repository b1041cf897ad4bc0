/// \file
/// Composer: a new message out of typed parts. RFC 5322, RFC 2045 to 2049,
/// RFC 2231, RFC 2387 (related), RFC 6532 where an address needs it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/transcode.h"

namespace mailtool::mime {

/// A file that goes along. `content` outlives compose() and is read once.
struct Attachment {
  Source* content = nullptr;
  std::string file_name;   ///< UTF-8, without folders; empty: no name
  std::string media_type;  ///< "application/pdf"; empty: see compose()
  std::string content_id;  ///< for inline parts: "logo@example.org", no <>
  /// Opens the same content once more, for a message over 1 MiB, which is
  /// looked through before it is written; null: it cannot be.
  OpenMessage again = {};
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
  /// Attachments that are not 7 bit go as Content-Transfer-Encoding: binary,
  /// for a server with BINARYMIME (RFC 3030). Transcoder makes 7 bit of it.
  bool binary_attachments = false;
  /// The media type of a file that begins with `head` (at most 1 MiB of it),
  /// asked where its name tells none; empty: not known. May be null.
  std::function<std::string(std::string_view head)> type_by_content;

  std::string date;          ///< RFC 5322: format_date_time() makes it
  std::string message_id;    ///< "<id@host>": make_message_id() makes it
  std::string random_token;  ///< 16 to 40 letters and digits, for boundaries
};

/// What the transport must know of the message written.
struct Composed {
  std::uint64_t octets = 0;
  bool utf8_headers = false;  ///< an address needs SMTPUTF8 (RFC 6531)
  MessageForm form = MessageForm::seven_bit;  ///< or binary
};

/// Writes the message to `out`, every line ended by CRLF, all lines 7 bit and
/// at most 998 octets (8 bit only where utf8_headers; binary_attachments
/// aside). A text body goes as 7bit, quoted-printable or base64, whichever is
/// shorter; text that is not UTF-8 is labelled windows-1252. Attachments
/// stream; at most 1 MiB of each is held.
///
/// The type of an attachment is that given, else by the extension of its name,
/// else by type_by_content, else text/plain where it is text in UTF-8, else
/// application/octet-stream. An attachment decodes to the very octets of the
/// file: it goes as base64, or as 7bit or quoted-printable where it is text of
/// at most 1 MiB whose line ends are all CRLF. Text says us-ascii, utf-8 or
/// utf-16 where it is that, and otherwise no charset.
///
/// A message (message/rfc822) may not be encoded as a whole (RFC 2046 section
/// 5.2.1): it goes with CRLF line ends, and those of its parts that are not 7
/// bit are rewritten as Transcoder does. Where that cannot be (it is signed,
/// its header is not ASCII, or it has over 1 MiB and `again` is null) it goes
/// as application/octet-stream, whose octets are kept.
///
/// Fails with usage, before the first octet is written, when a value holds CR,
/// LF or NUL, a field name is not one, a field that composing sets itself is
/// among `extra`, there is no From, or a media type is malformed; later only
/// with what a Source or `out` fails with.
Result<Composed> compose(const Composition& message, Sink& out);

/// True for the name of a field among `extra` whose value, where it is not
/// ASCII, is read as a list of addresses.
[[nodiscard]] bool holds_addresses(std::string_view field);

/// The media type that goes with the extension of `file_name`, else
/// "application/octet-stream".
[[nodiscard]] std::string_view media_type_of(std::string_view file_name);

}  // namespace mailtool::mime
