/// \file
/// BinHex 4.0 (RFC 1741): a Macintosh file, both forks, in text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/mime/line_decoder.h"
#include "mailtool/mime/line_pieces.h"

namespace mailtool::mime {

/// True for "(This file must be converted with BinHex", which stands above.
[[nodiscard]] bool is_binhex_line(std::string_view line) noexcept;

/// What stands between the two colons: characters to octets, runs expanded,
/// header and forks taken apart, checksums compared.
class BinHexBody {
 public:
  /// not_mine: the text ended before this line, or never was BinHex.
  enum class Step : std::uint8_t { more, ended, not_mine };

  /// Appends to `out` what `piece` adds to the data fork; the resource fork is
  /// read and goes nowhere.
  Step take(const LinePiece& piece, std::string& out);
  /// True once the header is read; what it says is final.
  [[nodiscard]] bool has_header() const noexcept { return has_header_; }
  /// UTF-8, from Mac OS Roman where it is not UTF-8; no CR, LF, NUL.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// "TEXTttxt": four characters of type and creator each, unprintable as "?".
  [[nodiscard]] const std::string& type_creator() const noexcept {
    return type_creator_;
  }
  [[nodiscard]] std::uint32_t data_octets() const noexcept { return data_; }
  /// True when a checksum differs or a character is none of the alphabet.
  [[nodiscard]] bool malformed() const noexcept { return malformed_; }

 private:
  enum class State : std::uint8_t {
    header,
    data,
    data_crc,
    resource,
    resource_crc,
    done,
    refused  // no BinHex
  };

  void take_run(std::uint8_t octet, std::string& out);
  void put(std::uint8_t octet, std::size_t times, std::string& out);
  void take_header(std::uint8_t octet);
  void take_crc(std::uint8_t octet);
  bool read_header();
  void enter(State state);

  State state_ = State::header;
  std::string header_;  // as far as it was read; at most 85 octets
  std::string name_;
  std::string type_creator_;
  std::uint32_t data_ = 0;  // octets of the forks, as announced
  std::uint32_t resource_ = 0;
  std::uint64_t rest_ = 0;  // octets to come in this state
  std::uint32_t bits_ = 0;
  int bit_count_ = 0;
  std::uint16_t crc_ = 0;
  std::uint16_t told_crc_ = 0;
  std::uint8_t last_ = 0;  // what a run repeats
  bool in_run_ = false;
  bool begun_ = false;  // the first colon was read
  bool has_header_ = false;
  bool malformed_ = false;
};

/// The body of a part in BinHex 4.0 (application/mac-binhex40): the data fork.
/// Lines before the first colon at the beginning of a line are skipped, as is
/// all behind the second colon.
class BinHexDecoder : public LineDecoder {
 public:
  explicit BinHexDecoder(Sink& out) : LineDecoder(out) {}

  [[nodiscard]] const std::string& name() const noexcept {
    return body_.name();
  }
  [[nodiscard]] const std::string& type_creator() const noexcept {
    return body_.type_creator();
  }

 private:
  bool take(const LinePiece& piece, std::string& out) override;
  void cut_off() override;

  BinHexBody body_;
  bool begun_ = false;
};

}  // namespace mailtool::mime
