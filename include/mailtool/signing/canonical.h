/// \file
/// Canonicalization: RFC 6376 section 3.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"
#include "mailtool/signing/header_field.h"

namespace mailtool::signing {

enum class Canonicalization : std::uint8_t { simple, relaxed };

/// "simple", "relaxed".
[[nodiscard]] std::string_view to_string(Canonicalization kind) noexcept;

/// The field as it is hashed, without the CRLF at its end. Folds that the
/// message writes as LF are CRLF here (sections 3.4.1 and 3.4.2).
[[nodiscard]] std::string canonical_field(Canonicalization kind,
                                          const HeaderField& field);

/// Writes the canonical form of a body (sections 3.4.3 and 3.4.4) to another
/// Sink. Lines end in CRLF or LF; a CR elsewhere is an octet like any other.
/// Any division of the body into writes gives the same output. Memory: 64 KiB,
/// whatever the body.
class BodyCanonicalizer : public Sink {
 public:
  /// `out` outlives it.
  BodyCanonicalizer(Canonicalization kind, Sink& out);

  Result<void> write(std::string_view octets) override;
  /// Ends the last line. Call once, after the last write.
  Result<void> finish();

 private:
  void line_content(std::string_view octets);
  void plain(std::string_view octets);
  void line_end();
  void release_empty_lines();
  Result<void> flush();

  Canonicalization kind_;
  Sink& out_;
  std::string buffer_;
  std::uint64_t empty_lines_ = 0;  // not written: the body may end with them
  bool in_line_ = false;           // something of the line has been written
  bool held_cr_ = false;           // a CR whose successor has not come
  bool held_blank_ = false;  // relaxed: white space that the line may end with
  bool wrote_ = false;       // anything at all
  Result<void> failed_;
};

}  // namespace mailtool::signing
