// The ways to UTF-8. Each is made once and reset for each text.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "mime/charset_output.h"
#include "mime/charset_registry.h"

namespace mailtool::mime {

class CharsetConversion {
 public:
  virtual ~CharsetConversion() = default;
  // Begins a text. False when this machine cannot read the charset.
  virtual bool reset(const Charset& charset) = 0;
  // Takes octets, the first of which is at `offset` of the text; holds back
  // what is not complete, at most a few octets.
  virtual void take(std::string_view octets, std::uint64_t offset,
                    CharsetOutput& to) = 0;
  // The text ends at `offset`.
  virtual void finish(std::uint64_t offset, CharsetOutput& to) = 0;
};

using ConversionPointer = std::unique_ptr<CharsetConversion>;

[[nodiscard]] ConversionPointer make_utf8_conversion();
[[nodiscard]] ConversionPointer make_table_conversion();
[[nodiscard]] ConversionPointer make_utf7_conversion();
[[nodiscard]] ConversionPointer make_utf16_conversion();  // and UTF-32
[[nodiscard]] ConversionPointer make_iso2022_conversion();  // and HZ
[[nodiscard]] ConversionPointer make_system_conversion();

}  // namespace mailtool::mime
