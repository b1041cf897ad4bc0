/// \file
/// uuencode as POSIX has it, with its "begin-base64" form. Older than MIME, and
/// in use as the transfer encoding "x-uuencode".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/mime/line_decoder.h"
#include "mailtool/mime/line_pieces.h"

namespace mailtool::mime {

/// "begin 644 name" or "begin-base64 644 name".
struct UuBegin {
  bool base64 = false;
  std::string_view mode;  ///< 3 or 4 octal digits
  std::string_view name;  ///< without blanks at its end; may be empty
};

/// Reads a line without its end; nullopt when it is no begin line.
[[nodiscard]] std::optional<UuBegin> parse_uu_begin(std::string_view line);

/// True when `line` can be the first data line behind `begin`: of uuencode, a
/// count of 1 to 45 and as many characters of the alphabet as it asks for, up
/// to 4 more, or fewer where blanks were lost; "`" or " " alone for an empty
/// file. Of base64: 4n characters of its alphabet, or "====".
[[nodiscard]] bool is_uu_data(const UuBegin& begin, std::string_view line);

/// What lies between the begin line and "end", line by line.
class UuBody {
 public:
  explicit UuBody(bool base64) : base64_(base64) {}

  /// ended: the line was the last one. not_mine: the file ended, without its
  /// end, before this line.
  enum class Step : std::uint8_t { more, ended, not_mine };

  /// Appends to `out` what `piece` decodes to.
  Step take(const LinePiece& piece, std::string& out);
  /// True when a line was not as it should be. A file that ends otherwise than
  /// with Step::ended is malformed too.
  [[nodiscard]] bool malformed() const noexcept { return malformed_; }

 private:
  Step take_base64(const LinePiece& piece, std::string& out);
  void end_group(std::string& out);

  bool base64_;
  bool malformed_ = false;
  bool expects_end_ = false;  // behind the line of count 0
  std::uint32_t group_ = 0;   // of base64
  int characters_ = 0;        // in group_
};

/// The body of a part whose encoding is uuencode. Lines before the begin line
/// are skipped, as is all behind the end line. Blank and "`" are both zero;
/// lines that lost blanks at their end are filled up; what follows the data in
/// a line is ignored. No begin line, no end line and lines that are not
/// uuencode are defects.
class UuDecoder : public LineDecoder {
 public:
  explicit UuDecoder(Sink& out) : LineDecoder(out) {}

  /// From the begin line, UTF-8 without CR, LF, NUL; empty: none.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  bool take(const LinePiece& piece, std::string& out) override;
  void cut_off() override;

  std::optional<UuBody> body_;
  std::string name_;
};

}  // namespace mailtool::mime
