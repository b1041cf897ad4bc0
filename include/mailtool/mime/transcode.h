/// \file
/// Transcoder: a finished message rewritten, leaf part by leaf part, to a form
/// that a server can take. RFC 2045 section 6, RFC 2046, RFC 6152 section 3,
/// RFC 3030 section 3.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/base/sink.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {

/// What the octets of a message ask of the way they go, from the poorest to
/// the richest; each may go where a richer one may (RFC 2045 section 2.7-2.9).
enum class MessageForm : std::uint8_t {
  seven_bit,  ///< lines of at most 998 octets, none NUL or beyond ASCII
  eight_bit,  ///< the same with octets beyond ASCII: 8BITMIME
  binary,     ///< parts labelled binary hold anything: BINARYMIME
};

/// How an address of a header is to be written.
using AddressForm = std::function<std::string(std::string_view address)>;

struct TranscodeOptions {
  /// The richest form that may come out.
  MessageForm most = MessageForm::seven_bit;
  /// Raw UTF-8 in unstructured fields, display names and parameters becomes
  /// RFC 2047 and RFC 2231, where the field then reads as before; so does what
  /// is not UTF-8 in text and names, read as windows-1252.
  bool encode_header = false;
  /// Asked for each address of a field that is so encoded; null: as it is.
  AddressForm address_form = {};
  ParserLimits limits = {};
};

/// The body of one part, before and after.
struct PartChange {
  enum class What : std::uint8_t {
    encoded,   ///< the octets are written in another encoding
    labelled,  ///< the encoding named in the header was not the true one
    trimmed,   ///< a multipart: lines outside of its parts were left out
  };
  What what = What::encoded;
  std::string part;  ///< Structure::id
  std::string type;  ///< "text/plain", as it was
  std::string from;  ///< Content-Transfer-Encoding as declared, lower case;
                     ///< like `type` text of the sender: printable() it
  std::string to;    ///< "7bit", "8bit", "quoted-printable", "base64"
  friend bool operator==(const PartChange&, const PartChange&) = default;
};

/// "part 2 (text/plain) is written in quoted-printable", fit for a terminal.
[[nodiscard]] std::string to_display(const PartChange& change);

/// A header field that was changed, or could not be.
struct FieldChange {
  std::string part;   ///< Structure::id of the part it stands in
  std::string field;  ///< its name
  std::string what;   ///< "folded", "cleaned", "encoded", "raw", "not UTF-8"
  friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

struct TranscodeReport {
  std::vector<PartChange> parts;    ///< in the order of the message
  std::vector<FieldChange> fields;  ///< the first kMaxFieldChanges
  MessageForm form = MessageForm::seven_bit;  ///< of the bodies that come out
  /// The first field that still holds octets beyond ASCII: its `what` is "raw"
  /// where it is UTF-8 and SMTPUTF8 may be asked for, else "not UTF-8".
  std::optional<FieldChange> raw_field;
  bool changed = false;  ///< false: what comes out is what went in
  static constexpr std::size_t kMaxFieldChanges = 1000;
};

/// Opens the message at its first octet; asked once for each pass. What it
/// gives is the same each time.
using OpenMessage = std::function<Result<std::unique_ptr<Source>>()>;

/// A message is read twice: plan() finds what must change, write() changes it.
/// In between nothing of a body is held; memory is bounded by the limits.
///
/// Line ends of the message are CRLF; only in a part labelled binary LF and CR
/// may stand alone. What changes:
///
/// - A leaf part with octets that `most` forbids is encoded, quoted-printable
///   or base64, whichever is shorter, so that it decodes to the same octets.
///   One that is already in base64 or quoted-printable and still breaks the
///   rules (long lines, raw 8-bit octets) is decoded and encoded again. NUL,
///   bare CR, bare LF and lines over 998 octets are forbidden in all but parts
///   labelled binary where `most` is binary. A part without Content-Type gets
///   one: text/plain, with charset utf-8 if that is what it holds, else
///   unknown-8bit (RFC 1428); a message without MIME-Version gets that.
/// - Labels that claim more than `most` allows, of multiparts and attached
///   messages too, become true: 7bit or 8bit.
/// - A header line over 998 octets is folded at blanks. NUL and bare CR in a
///   header, which nobody may generate (RFC 5322 section 4) and some read as
///   a line end, become a blank each.
/// - Lines with forbidden octets before the first and behind the last part of
///   a multipart, which nobody is shown, are left out, and a byte order mark
///   or mbox "From " line before the header. A multipart in which no
///   part begins becomes text/plain.
///
/// All else stays octet for octet. Encoded text never has a line that begins
/// with "-", so that none can be taken for a delimiter.
///
/// What is signed stays as it is: a message with DKIM-Signature, ARC-Seal or
/// ARC-Message-Signature fields, attached ones too; the first part of a
/// multipart/signed; all of a multipart/encrypted.
class Transcoder {
 public:
  /// Fails with bad_input, naming the part, where something must change that
  /// is signed; that may not be encoded (message/partial, message/rfc822 or a
  /// multipart below the depth limit); that is beyond the limits; or where a
  /// header line cannot be folded. Else as `open` and its Source fail.
  static Result<Transcoder> plan(const OpenMessage& open,
                                 TranscodeOptions options);

  [[nodiscard]] const TranscodeReport& report() const { return report_; }

  /// The message as planned. Fails as `open`, its Source and `out` do.
  Result<void> write(const OpenMessage& open, Sink& out) const;

  /// One place where the output differs.
  struct Edit {
    enum class Kind : std::uint8_t { replace, encode, filter_lines };
    Kind kind = Kind::replace;
    Span span;         ///< of the input
    std::string text;  ///< what replaces it
    TransferEncoding decode = TransferEncoding::identity;
    TransferEncoding encode = TransferEncoding::identity;
    /// The line end behind what was encoded: it stays, it is that of the
    /// delimiter, or it is a soft line break.
    enum class LineEnd : std::uint8_t { keep, drop, soften };
    LineEnd line_end = LineEnd::keep;
    };

 private:
  Transcoder() = default;

  std::vector<Edit> edits_;  // in order, none over another
  MessageForm most_ = MessageForm::seven_bit;
  TranscodeReport report_;
};

}  // namespace mailtool::mime
