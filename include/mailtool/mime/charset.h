/// \file
/// Charsets: from whatever a message is written in to valid UTF-8.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/mime/filter.h"

namespace mailtool::mime {

/// True when `name` can be a charset: 1 to 40 letters, digits and "-_.:+()"
/// (RFC 2978 section 2.3, less what no registered name uses).
[[nodiscard]] bool is_charset_name(std::string_view name) noexcept;

/// The name by which `name` is read, lower case, aliases resolved: "gb18030"
/// for "x-GBK", "windows-1252" for iso-8859-1. Case, blanks and quotes around,
/// what stands between letters and digits, "x-" and a language after "*"
/// (RFC 2231 section 5) do not matter. Empty when the charset is not known or
/// says nothing about the text ("us-ascii", "unknown-8bit", ""). The view is
/// valid for ever.
[[nodiscard]] std::string_view canonical_charset(std::string_view name) noexcept;

/// True when a text in `name` is read by that name: it is a charset we know, or
/// one that says nothing about the text.
[[nodiscard]] bool is_known_charset(std::string_view name) noexcept;

/// Where a text was not as its charset has it. Offsets count the octets given
/// to the decoder since its reset().
struct CharsetFindings {
  std::uint64_t replaced = 0;       ///< U+FFFD written for octets
  std::uint64_t first_offset = 0;   ///< of the first replaced octet
  std::uint32_t first_length = 0;   ///< 1..8 octets; 0 when none was replaced
  std::uint64_t guessed = 0;        ///< octets of no declared charset that were
                                    ///< no UTF-8 and read as windows-1252
};

/// Converts to UTF-8 as octets arrive. Whatever comes in, what goes out is
/// valid UTF-8: what is invalid, or has no character, becomes U+FFFD, once for
/// each sequence. A byte order mark at the start is left out. Text in us-ascii,
/// an unknown charset or none is read as UTF-8 where it is UTF-8, and as
/// windows-1252 octet for octet where it is not.
///
/// What is UTF-8 already goes to the Sink as the view that came in. A decoder
/// is made once and reset for each text: then nothing is allocated for a text,
/// except the first in each charset of the system's converter. Memory: 32 KiB
/// and at most 8 of the system's converters, whatever is written.
class CharsetDecoder : public Filter {
 public:
  /// Must be reset before anything is written.
  CharsetDecoder();
  /// `out` outlives the text.
  CharsetDecoder(std::string_view charset, Sink& out);
  ~CharsetDecoder() override;
  CharsetDecoder(CharsetDecoder&&) noexcept;
  CharsetDecoder& operator=(CharsetDecoder&&) noexcept;

  /// Forgets the text before, finished or not, and begins another.
  void reset(std::string_view charset, Sink& out);

  Result<void> write(std::string_view octets) override;
  Result<void> finish() override;

  /// False when a charset was named that is not known.
  [[nodiscard]] bool known() const noexcept;
  /// True once an octet had to be replaced.
  [[nodiscard]] bool replaced() const noexcept;
  /// What was wrong so far.
  [[nodiscard]] const CharsetFindings& findings() const noexcept;

  /// The ways to UTF-8, and which one is in use.
  class Engine;

 private:
  std::unique_ptr<Engine> engine_;
};

/// A short text at once: header values, parameters. Memory: a small multiple
/// of `octets`.
[[nodiscard]] std::string to_utf8(std::string_view octets,
                                  std::string_view charset);

/// Text without a declared charset, as raw header octets are: UTF-8 if valid,
/// else windows-1252.
[[nodiscard]] std::string undeclared_to_utf8(std::string_view octets);

}  // namespace mailtool::mime
