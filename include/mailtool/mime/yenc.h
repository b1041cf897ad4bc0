/// \file
/// yEnc 1.3: octets plus 42 between "=ybegin" and "=yend" lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mailtool/mime/line_decoder.h"
#include "mailtool/mime/line_pieces.h"

namespace mailtool::mime {

/// "=ybegin part=1 total=2 line=128 size=100 name=a.bin".
struct YencBegin {
  std::uint64_t size = 0;  ///< of the whole file
  std::uint32_t line = 0;
  std::uint32_t part = 0;   ///< from 1; 0: the file is not divided
  std::uint32_t total = 0;  ///< parts; 0: not told
  std::string_view name;    ///< the rest of the line, without blanks around it
};

/// Reads a line without its end; nullopt without line=, size= and name=.
[[nodiscard]] std::optional<YencBegin> parse_yenc_begin(std::string_view line);

/// What follows "=ybegin": "=ypart", data, "=yend", line by line. The double
/// dot of a transfer is taken for data: who received it has undone it.
class YencBody {
 public:
  explicit YencBody(const YencBegin& begin);

  enum class Step : std::uint8_t { more, ended, not_mine };

  /// Appends to `out` what `piece` decodes to. not_mine: another "=ybegin"; the
  /// file ended before this line.
  Step take(const LinePiece& piece, std::string& out);
  /// True when a size or CRC-32 differs from what =ybegin, =ypart and =yend
  /// say, or a line that begins with "=y" cannot be read. Final once ended.
  [[nodiscard]] bool malformed() const noexcept { return malformed_; }
  /// Where this part goes in the file, from 0; known before the first octet.
  [[nodiscard]] std::uint64_t part_offset() const noexcept { return begin_; }
  /// True once all that comes before the data has been read.
  [[nodiscard]] bool in_data() const noexcept { return in_data_; }
  [[nodiscard]] std::uint64_t octets() const noexcept { return octets_; }
  /// True when more octets came than were announced.
  [[nodiscard]] bool overflows() const noexcept { return octets_ > size_; }
  /// Of the whole file, when =yend told it.
  [[nodiscard]] std::optional<std::uint32_t> file_crc() const noexcept {
    return file_crc_;
  }

 private:
  Step take_control(std::string_view line);
  void take_part(std::string_view line);
  void take_end(std::string_view line);
  void take_data(std::string_view octets, std::string& out);

  std::uint64_t size_;  // of this part, as announced
  std::uint64_t begin_ = 0;
  std::uint64_t octets_ = 0;
  std::uint32_t part_;
  std::uint32_t crc_ = 0;
  std::optional<std::uint32_t> file_crc_;
  bool in_data_;
  bool escaped_ = false;
  bool malformed_ = false;
};

/// The body of a part in yEnc. Several parts of one file that follow each other
/// come out joined; a gap between them, a wrong size or CRC-32 and no file at
/// all are defects. Lines before, between and behind the parts are skipped.
class YencDecoder : public LineDecoder {
 public:
  explicit YencDecoder(Sink& out) : LineDecoder(out) {}

  /// From the first =ybegin, UTF-8 without CR, LF, NUL; empty: none.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Where the first octet goes in the file, from 0.
  [[nodiscard]] std::uint64_t part_offset() const noexcept { return offset_; }

 private:
  bool take(const LinePiece& piece, std::string& out) override;
  void cut_off() override;
  void begin_part(const YencBegin& begin);
  void end_part(bool ended);

  std::optional<YencBody> body_;
  std::string name_;
  std::uint64_t size_ = 0;    // of the file
  std::uint64_t offset_ = 0;  // of the first part in it
  std::uint64_t next_ = 0;    // offset of the part that should follow
  std::uint32_t crc_ = 0;     // of all octets
  bool begun_ = false;        // a part was ended
};

}  // namespace mailtool::mime
