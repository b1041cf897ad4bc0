// What the values of one TNEF message mean: its own fields, and its files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lzfu.h"
#include "mailtool/mime/tnef.h"
#include "tnef_frame.h"

namespace mailtool::mime {

// Where all messages of one stream report to, and what they share.
struct TnefOutput {
  TnefContents& contents;
  DefectSet defects;
  std::size_t files = 0;     // begun
  std::uint64_t offset = 0;  // of the octets being read
};

// One message. Told of each value by the reader of its frame.
class TnefPart {
 public:
  explicit TnefPart(TnefOutput& output) : output_(&output) {}

  Result<void> begin_attribute(const TnefValue& value);
  // `may_nest`: a message in an attachment may be read by another TnefPart.
  Result<void> begin_value(const TnefValue& value, bool may_nest);
  // True when the value begun last is to be read so.
  [[nodiscard]] bool nests() const noexcept {
    return target_ == Target::nested;
  }
  Result<void> take(std::string_view piece);
  Result<void> end_value();
  void end_attribute(bool damaged);
  // The message within the attachment was not as it should be.
  void set_malformed();
  // The end, which came amid something if `cut_off`.
  Result<void> finish(bool cut_off);

 private:
  // Where the octets of a value go.
  enum class Target : std::uint8_t { nowhere, memory, file, body, rtf, nested };
  enum class Body : std::uint8_t { text, html, rtf };

  [[nodiscard]] Target target_of(const TnefValue& value, bool may_nest);
  [[nodiscard]] Target target_of_property(const TnefValue& value);
  [[nodiscard]] Target target_of_attachment(bool may_nest) const;
  [[nodiscard]] bool wants_body(Body body);
  Result<void> begin_body();
  Result<void> begin_attachment_octets();
  Result<void> begin_file(EmbeddedFile& file);
  Result<void> end_file(const EmbeddedFile& file, bool malformed);
  Result<void> end_attachment();
  Result<void> take_body(std::string_view piece);
  Result<void> take_rtf(std::string_view piece);
  void keep_attribute();
  void keep_property();
  void keep_attachment_property();
  void keep_date();
  [[nodiscard]] std::string kept_text() const;

  TnefOutput* output_;
  TnefMessage message_;
  TnefValue value_;
  Target target_ = Target::nowhere;
  std::string kept_;         // of a value that goes to memory
  std::string tail_;         // of a body: what may be the NUL that ends it
  std::uint8_t bodies_ = 0;  // forms met
  Body body_ = Body::text;
  std::optional<EmbeddedFile> body_file_;  // being read
  std::optional<LzfuDecoder> rtf_;
  std::optional<EmbeddedFile> attachment_;  // being read
  bool attachment_begun_ = false;           // begin_file was called
  bool attachment_malformed_ = false;
  bool muted_ = false;  // the file being read is one too many
};

}  // namespace mailtool::mime
