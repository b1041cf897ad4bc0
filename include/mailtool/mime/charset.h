/// \file
/// Charsets: from whatever a message is written in to valid UTF-8.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// True when `name` can be a charset: 1 to 40 letters, digits and "-_.:+()"
/// (RFC 2978 section 2.3, less what no registered name uses). No other name
/// reaches the system's converter.
[[nodiscard]] bool is_charset_name(std::string_view name) noexcept;

/// The name by which `name` is read, lower case, aliases resolved, iso-8859-1
/// as "windows-1252". Empty when `name` cannot be a charset or says nothing
/// about the text ("unknown-8bit", "us-ascii", "").
[[nodiscard]] std::string canonical_charset(std::string_view name);

/// Converts to UTF-8 as octets arrive. Whatever comes in, what goes out is
/// valid UTF-8: what is invalid, or has no character, becomes U+FFFD. Text in
/// us-ascii or an unknown charset is read as UTF-8 where it is UTF-8, and as
/// windows-1252 octet for octet where it is not.
class CharsetDecoder : public Filter {
 public:
  /// `out` outlives the decoder.
  CharsetDecoder(std::string_view charset, Sink& out);
  ~CharsetDecoder() override;

  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

  /// False when a charset was named that is not known.
  [[nodiscard]] bool known() const noexcept;
  /// True once an octet had to be replaced.
  [[nodiscard]] bool replaced() const noexcept;

  /// One charset's way to UTF-8.
  class Conversion;

 private:
  Sink& out_;
  bool known_ = true;  // before conversion_, whose making decides it
  std::unique_ptr<Conversion> conversion_;
  std::string converted_;
};

/// A short text at once: header values, parameters. Memory: a small multiple
/// of `octets`.
[[nodiscard]] std::string to_utf8(std::string_view octets,
                                  std::string_view charset);

/// Text without a declared charset, as raw header octets are: UTF-8 if valid,
/// else windows-1252.
[[nodiscard]] std::string undeclared_to_utf8(std::string_view octets);

}  // namespace mailtool::mime
