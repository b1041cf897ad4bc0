// Where the ways to UTF-8 write: a buffer before a Sink, and what went wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mailtool/base/sink.h"
#include "mailtool/mime/charset.h"

namespace mailtool::mime {

// Takes valid UTF-8. A failure of the Sink is kept until flush(); what is put
// in between is dropped.
class CharsetOutput {
 public:
  // Ample for what one call of room() may ask for.
  static constexpr std::size_t kSize = 32 * 1024;

  void reset(Sink& out);

  // Copies a short text, hands on a long one as it is.
  void put(std::string_view utf8);
  // Hands on `utf8` as it is.
  void pass(std::string_view utf8);
  void put_code_point(char32_t value);
  // Where at least `octets`, at most kSize, can be written; then call
  // advance() with how many were.
  [[nodiscard]] char* room(std::size_t octets);
  void advance(std::size_t octets) { used_ += octets; }

  // Writes U+FFFD for the `length` octets at `offset` of the text.
  void replace(std::uint64_t offset, std::size_t length);
  // Says that an octet was read as windows-1252 for want of a declaration.
  void count_guess() { ++findings_.guessed; }

  [[nodiscard]] Result<void> flush();
  [[nodiscard]] const CharsetFindings& findings() const { return findings_; }

 private:
  void write_buffer();

  Sink* out_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
  Result<void> written_;
  CharsetFindings findings_;
};

}  // namespace mailtool::mime
