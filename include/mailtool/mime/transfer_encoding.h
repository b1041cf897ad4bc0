/// \file
/// Content-Transfer-Encoding: base64 (RFC 2045 section 6.8) and
/// quoted-printable (6.7), streaming both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// identity stands for 7bit, 8bit, binary and whatever is not known.
enum class TransferEncoding : std::uint8_t {
  identity,
  base64,
  quoted_printable
};

/// From the value of the field, comments and case aside. `known`, when given,
/// becomes false for a name that is none of the five.
[[nodiscard]] TransferEncoding parse_transfer_encoding(std::string_view value,
                                                       bool* known = nullptr);

/// A Filter that can say that its input was not as the RFC has it.
class Decoder : public Filter {
 public:
  [[nodiscard]] bool defective() const noexcept { return defective_; }

 protected:
  bool defective_ = false;
};

/// Octets outside the alphabet are skipped; decoding goes on after padding;
/// missing padding is supplied. Octets that are not white space, padding in
/// the middle and a lone last character are defects.
class Base64Decoder : public Decoder {
 public:
  explicit Base64Decoder(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void take(char c);
  void end_group();

  Sink& out_;
  std::string decoded_;
  std::uint32_t group_ = 0;
  int characters_ = 0;  // in group_
  bool padded_ = false;
};

/// Blanks at the end of a line go (rule 3); a soft line break may have blanks
/// after "="; "=" before anything but two hex digits stands for itself and is
/// a defect. Line ends come out as they went in.
class QuotedPrintableDecoder : public Decoder {
 public:
  explicit QuotedPrintableDecoder(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void take(char c);
  void take_plain(char c);
  void take_after_equals(char c);

  Sink& out_;
  std::string decoded_;
  std::string held_;  // blanks and CR, or what follows "="; bounded
  bool after_equals_ = false;
};

/// The decoder for `encoding`, writing to `out`, which outlives it.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(TransferEncoding encoding,
                                                    Sink& out);

/// Lines of 76 characters, ended by CRLF, the last one too.
class Base64Encoder : public Filter {
 public:
  explicit Base64Encoder(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void encode_group(std::string_view octets);

  Sink& out_;
  std::string held_;  // fewer than 3 octets
  std::string encoded_;
  std::size_t column_ = 0;
};

/// For text: LF and CRLF are line breaks and become CRLF; everything that a
/// relay could change is encoded: blanks at line ends, a leading "From " or
/// ".", controls, 8-bit octets, bare CR. The last line ends with CRLF.
class QuotedPrintableEncoder : public Filter {
 public:
  explicit QuotedPrintableEncoder(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void take(char c);
  void put(char c, bool encode);
  void release_blank(bool at_line_end);
  void end_line();

  Sink& out_;
  std::string encoded_;
  std::size_t column_ = 0;  // of the encoded line
  int from_ = 0;            // characters of "From" the encoded line began with
  char held_blank_ = 0;     // encoded if a line end follows
  bool held_cr_ = false;
};

/// Text with LF or CRLF line ends to CRLF line ends, the last line too.
class CrlfFilter : public Filter {
 public:
  explicit CrlfFilter(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  Sink& out_;
  std::string converted_;
  char last_ = '\n';
};

/// What a text needs to travel: counted over all octets given to add().
class TextScan {
 public:
  void add(std::string_view octets) noexcept;
  /// Printable ASCII, tabs and line ends, lines of at most `max_line` octets,
  /// no bare CR, none that begins with "From ": can go as 7bit.
  [[nodiscard]] bool is_7bit(std::size_t max_line) const noexcept;
  /// base64 if it is shorter than quoted-printable, by exact count of the
  /// former and a close one of the latter.
  [[nodiscard]] TransferEncoding shorter() const noexcept;

 private:
  std::uint64_t octets_ = 0;
  std::uint64_t encoded_ = 0;  // octets that quoted-printable would escape
  std::uint64_t line_ = 0;
  std::uint64_t longest_ = 0;
  char last_ = '\n';
  bool bare_cr_ = false;
  bool controls_ = false;
  bool has_8bit_ = false;
  std::uint64_t lines_ = 0;
  int from_ = 0;             // characters of "From " the line began with
  bool from_line_ = false;   // a line that a mailbox file would change
};

}  // namespace mailtool::mime
