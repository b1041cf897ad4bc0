/// \file
/// Content-Transfer-Encoding: base64 (RFC 2045 section 6.8) and
/// quoted-printable (6.7), streaming both ways.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mailtool/base/cpu.h"
#include "mailtool/mime/defect.h"
#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// identity stands for 7bit, 8bit, binary and whatever is not known.
enum class TransferEncoding : std::uint8_t {
  identity,
  base64,
  quoted_printable,
  uuencode,
  yenc,
  binhex
};

/// From the value of the field, comments and case aside. Beside the five names
/// of RFC 2045: x-uuencode, uuencode, x-uue; x-yencode, yenc; binhex40,
/// mac-binhex40, x-binhex40. `known`, when given, becomes false for any other.
[[nodiscard]] TransferEncoding parse_transfer_encoding(std::string_view value,
                                                       bool* known = nullptr);
/// The same from a bare name in lower case.
[[nodiscard]] TransferEncoding transfer_encoding_of(std::string_view name,
                                                    bool* known = nullptr);

/// How readers differ; the default is how mailtool reads.
struct DecodePolicy {
  /// base64 ends at the first padding. Otherwise it goes on behind it.
  bool stop_at_padding = false;
  /// Rule 3 of RFC 2045 section 6.7 is not obeyed: blanks at the end of a
  /// quoted-printable line are data, and "=" before them breaks no line.
  bool keep_trailing_blanks = false;
};

/// Where a body first breaks a rule: octets [offset, offset + length) of the
/// body as it is encoded.
struct DecodeDefect {
  DefectRule rule{};
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const DecodeDefect&, const DecodeDefect&) = default;
};

/// A Filter that can say where its input was not as the standard has it. The
/// defects do not depend on the division into writes; those that the end of
/// the body decides are known after finish().
class Decoder : public Filter {
 public:
  /// The first occurrence of each rule, in order of discovery. Valid until the
  /// next call that is not const.
  [[nodiscard]] virtual std::span<const DecodeDefect> defects() const noexcept {
    return {defects_.data(), defect_count_};
  }
  /// Whether there is a defect. Blanks at the end of a line do not count: the
  /// standard says what they mean.
  [[nodiscard]] bool defective() const noexcept;

 protected:
  /// Keeps the first range of each rule, of up to four rules. A range that
  /// begins where the kept one ends makes that one longer.
  void add_defect(DefectRule rule, std::uint64_t offset,
                  std::uint64_t length) noexcept;
  void clear_defects() noexcept { defect_count_ = 0; }

 private:
  std::array<DecodeDefect, 4> defects_{};
  std::size_t defect_count_ = 0;
};

/// Octets outside the alphabet are skipped; decoding goes on after padding;
/// missing padding is supplied. Defects: base64_junk (octets that are neither
/// of the alphabet nor white space, and "=" where none belongs),
/// base64_padding_inside (padding with more behind it), base64_truncated (a
/// group of less than four characters, padding included).
class Base64Decoder : public Decoder {
 public:
  /// A level above that of this machine counts as the latter.
  explicit Base64Decoder(Sink& out, DecodePolicy policy = {},
                         VectorLevel level = vector_level());
  /// Begins another body: as if constructed anew, without allocation.
  void begin(Sink& out, DecodePolicy policy) noexcept;
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void take(char c, std::uint64_t offset);
  void take_equals(std::uint64_t offset);
  void end_group();
  void end_padding();
  Result<void> flush();

  Sink* out_;
  DecodePolicy policy_;
  VectorLevel level_;
  bool stopped_ = false;
  std::uint8_t characters_ = 0;  // in group_
  std::uint8_t padded_ = 0;      // characters of the group before the padding
  std::uint8_t pads_ = 0;
  std::uint32_t group_ = 0;
  std::uint64_t position_ = 0;  // in the body, of the next write
  std::uint64_t group_offset_ = 0;
  std::uint64_t pad_offset_ = 0;
  std::uint64_t last_offset_ = 0;  // of the last character or "=" of a group
  std::unique_ptr<char[]> buffer_;
  char* end_ = nullptr;  // of what was decoded, in buffer_
};

/// Blanks at the end of a line go (rule 3); a soft line break may have blanks
/// after "="; "=" before anything but two hex digits stands for itself. At the
/// very end "=" is a soft break whose line end went with the delimiter behind
/// the body. Line ends come out as they went in. A run of more than
/// kMaxBlanks blanks is data wherever it stands. Defects:
/// quoted_printable_invalid (the "="), quoted_printable_trailing_blanks.
class QuotedPrintableDecoder : public Decoder {
 public:
  static constexpr std::size_t kMaxBlanks = 4096;

  /// A level above that of this machine counts as the latter.
  explicit QuotedPrintableDecoder(Sink& out, DecodePolicy policy = {},
                                  VectorLevel level = vector_level());
  /// Begins another body: as if constructed anew, without allocation.
  void begin(Sink& out, DecodePolicy policy) noexcept;
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  // What the octets before this one are the beginning of.
  enum class State : std::uint8_t { text, cr, equals, equals_cr, digit };

  void take(char c, std::uint64_t offset);
  void take_text(char c, std::uint64_t offset);
  void take_cr(char c, std::uint64_t offset);
  void take_equals(char c, std::uint64_t offset);
  void take_digit(char c, std::uint64_t offset);
  void drop_blanks(std::uint64_t offset, std::size_t behind);
  bool end_soft_break(std::uint64_t line_end);
  void enter_after(const char* begin, const char* end);
  [[nodiscard]] std::size_t pending() const noexcept;
  Result<void> flush();

  Sink* out_;
  DecodePolicy policy_;
  VectorLevel level_;
  State state_ = State::text;
  std::size_t blanks_ = 0;      // before here, or behind "="
  std::uint64_t position_ = 0;  // in the body, of the next write
  std::unique_ptr<char[]> buffer_;
  char* end_ = nullptr;  // of what was decoded, pending octets included
};

/// The decoder for `encoding`, writing to `out`, which outlives it.
[[nodiscard]] std::unique_ptr<Decoder> make_decoder(TransferEncoding encoding,
                                                    Sink& out);

/// Lines of 76 characters, ended by CRLF, the last one too.
class Base64Encoder : public Filter {
 public:
  /// A level above that of this machine counts as the latter.
  explicit Base64Encoder(Sink& out, VectorLevel level = vector_level())
      : out_(out), level_(level) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void take(char c);
  void encode_group();
  void end_line();
  Result<void> flush();

  Sink& out_;
  VectorLevel level_;
  std::array<char, 3> held_{};
  std::size_t held_octets_ = 0;
  std::size_t column_ = 0;
  std::unique_ptr<char[]> buffer_;
  char* end_ = nullptr;  // of what was encoded
};

/// For text: LF and CRLF are line breaks and become CRLF; everything that a
/// relay could change is encoded: blanks at line ends, a leading "From " or
/// ".", controls, 8-bit octets, bare CR. The last line ends with CRLF.
class QuotedPrintableEncoder : public Filter {
 public:
  /// A "-" at the beginning of an encoded line: as it is, or encoded, so that
  /// no line can be a delimiter, whatever the boundaries around it are.
  enum class Dash : std::uint8_t { plain, encoded };

  /// A level above that of this machine counts as the latter.
  explicit QuotedPrintableEncoder(Sink& out, VectorLevel level = vector_level(),
                                  Dash dash = Dash::plain)
      : out_(out), level_(level), dash_(dash) {}
  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

 private:
  void take(char c);
  void put(char c, bool encode);
  void release_blank(bool at_line_end);
  void soft_break();
  void end_line();
  const char* take_run(const char* in, const char* end);
  Result<void> flush();

  [[nodiscard]] bool encoded_at_start(char c) const {
    return c == '.' || (c == '-' && dash_ == Dash::encoded);
  }

  Sink& out_;
  VectorLevel level_;
  Dash dash_;
  std::unique_ptr<char[]> buffer_;
  char* end_ = nullptr;     // of what was encoded
  std::size_t column_ = 0;  // of the encoded line
  std::size_t from_ = 0;    // characters of "From" the encoded line began with
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
  /// base64 if it is shorter than quoted-printable, both with CRLF line ends;
  /// by exact count of the former and a count of the latter that is off by a
  /// few octets a line at most.
  [[nodiscard]] TransferEncoding shorter() const noexcept;

 private:
  std::uint64_t octets_ = 0;
  std::uint64_t encoded_ = 0;  // octets that quoted-printable would escape
  std::uint64_t line_ = 0;
  std::uint64_t longest_ = 0;
  std::uint64_t quoted_line_ = 0;  // characters of the line in quoted-printable
  std::uint64_t soft_breaks_ = 0;  // of the lines before
  std::uint64_t bare_lf_ = 0;
  char last_ = '\n';
  bool bare_cr_ = false;
  bool controls_ = false;
  bool has_8bit_ = false;
  int from_ = 0;            // characters of "From " the line began with
  bool from_line_ = false;  // a line that a mailbox file would change
};

}  // namespace mailtool::mime
