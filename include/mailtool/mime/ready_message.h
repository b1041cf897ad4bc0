/// \file
/// ReadyMessage: a finished message on its way to a server. Its header is
/// mended as a submission agent may (RFC 6409 section 8), its addresses are
/// collected, and what the transport must know is measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/mime/address.h"
#include "mailtool/mime/filter.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {

struct ReadyMessageOptions {
  bool remove_bcc = true;  ///< Bcc and Resent-Bcc, folded or repeated
  /// Values of fields to add where the message has none; empty: not added.
  std::string add_from = {};
  std::string add_date = {};
  /// Makes a Message-ID with make_message_id(), on the domain of From, or on
  /// this one; without a token none is added.
  std::string message_id_token = {};
  std::string message_id_domain = {};
  /// Address fields beyond this are not collected; see too_many_addresses.
  std::size_t max_address_octets = 16 * 1024 * 1024;
};

/// A line that breaks a rule: its number in the input, from 1, which is where
/// the user will look, and its offset in the output.
struct LineMark {
  std::uint64_t line = 0;
  std::uint64_t offset = 0;
  bool in_header = false;  ///< of the message itself, not of a part
};

/// What was found. Offsets count the output, with CRLF line ends.
struct MessageScan {
  std::uint64_t octets = 0;  ///< written: the SIZE of RFC 1870
  std::uint64_t lines = 0;
  std::uint64_t longest_line = 0;         ///< octets without CRLF
  std::uint64_t longest_line_number = 0;  ///< in the input, from 1
  std::optional<LineMark> long_line;  ///< the first of over 998 octets
  std::optional<LineMark> bare_cr;        ///< the first CR without LF
  std::optional<LineMark> nul;            ///< the first NUL
  bool has_8bit_body = false;             ///< needs 8BITMIME
  bool has_8bit_header = false;           ///< needs SMTPUTF8, if it is UTF-8
  bool has_binary_part = false;  ///< some part is labelled binary: BINARYMIME
  /// Why the message, or a part of it, must not be rewritten: "DKIM-Signature",
  /// "ARC-Seal", "multipart/signed", ...; empty: nothing is signed.
  std::string signed_by;
  bool empty = true;                      ///< no octet came in
  bool has_header = false;                ///< at least one field
  AddressList from;
  AddressList sender;
  AddressList resent_from;    ///< the first of them: the last who sent it on
  AddressList resent_sender;  ///< as that
  /// To, Cc and Bcc; with Resent-To, Resent-Cc or Resent-Bcc only these.
  AddressList recipients;
  bool too_many_addresses = false;
  std::string message_id;  ///< as it is in the output; empty when none
  std::string subject;     ///< decoded
};

/// Write the message in any pieces, then finish(). LF becomes CRLF; a bare CR
/// and NUL pass and are reported; a leading mbox "From " line is dropped, and a
/// byte order mark of UTF-8; a line that is no field ends the header, and an
/// empty line comes before it. Memory: one field at a time, address fields up
/// to the limit, and what a Parser takes.
class ReadyMessage : public Filter {
 public:
  explicit ReadyMessage(Sink& out, ReadyMessageOptions options = {});
  ~ReadyMessage() override;

  Result<void> write(std::string_view octets) override;
  /// Ends the last line with CRLF if it lacks one.
  Result<void> finish() override;
  /// \pre finish() succeeded.
  [[nodiscard]] const MessageScan& scan() const { return scan_; }

 private:
  enum class State : std::uint8_t { line_head, mbox_line, field, body };

  void note_parts();
  Result<void> take_line(std::string_view piece, bool line_ends);
  Result<void> take_line_head(std::string_view piece, bool line_ends);
  Result<void> take_field(std::string_view piece, bool line_ends);
  Result<void> begin_field(std::size_t colon, bool line_ends);
  Result<void> begin_body();
  Result<void> add_missing_fields();
  [[nodiscard]] std::string_view message_id_domain() const;
  Result<void> add_field(std::string_view name, const std::string& value);
  void keep(std::string_view piece);
  void end_field();
  Result<void> emit(std::string_view piece, bool line_ends);
  Result<void> flush();

  Sink& out_;
  ReadyMessageOptions options_;
  MessageScan scan_;
  Parser parser_;  // of what is written
  State state_ = State::line_head;
  bool held_cr_ = false;    // a CR whose successor has not come yet
  bool first_line_ = true;  // nothing of the header has been seen
  bool may_be_mark_ = true;  // so do the first octets of it
  bool dropping_ = false;   // the current field is removed
  bool keeping_ = false;    // the current field is collected in value_
  std::string line_head_;   // a header line until its colon is seen
  std::string name_;        // of the current field, lower case; empty: none
  std::string value_;       // of the current field, when it is collected
  std::size_t collected_ = 0;
  std::uint64_t line_octets_ = 0;  // of the line that is being written
  std::uint64_t input_lines_ = 0;  // that have ended
  std::string buffer_;             // on its way to out_
  bool has_from_ = false;
  bool has_date_ = false;
  bool has_message_id_ = false;
  AddressList resent_;
  bool has_resent_ = false;
};

}  // namespace mailtool::mime
