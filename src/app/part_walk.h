/// \file
/// PartWalk: what decoding every leaf of a message shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/sha256.h"
#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/parser.h"

namespace mailtool::app {

/// What decoding the body of a leaf gave.
struct DecodedBody {
  std::uint64_t octets = 0;
  std::optional<Sha256::Digest> raw;      ///< of the body as it stands
  std::optional<Sha256::Digest> decoded;  ///< of what it decodes to
};

/// What a walk looks for, beside the defects of encodings and charsets.
struct WalkWants {
  bool digests = false;
};

/// Decodes each leaf while the parser runs, to nowhere. Reused from message to
/// message it asks for no memory.
class PartWalk : public mime::ParserEvents {
 public:
  explicit PartWalk(WalkWants wants) : wants_(wants) {}
  PartWalk(const PartWalk&) = delete;
  PartWalk& operator=(const PartWalk&) = delete;

  void begin_part(const mime::Structure& so_far, std::uint32_t part) override;
  void body(std::uint32_t part, std::string_view octets) override;
  void end_part(const mime::Structure& so_far, std::uint32_t part) override;

  /// One for each part of the message; those of leaves alone are filled.
  [[nodiscard]] const std::vector<DecodedBody>& bodies() const {
    return bodies_;
  }
  /// Adds the defects that were met to the structure they were met in, and
  /// forgets the message.
  void finish(mime::Structure& structure);
  /// Forgets the bodies of the message before.
  void begin() { bodies_.clear(); }

 private:
  // Counts and digests what passes, on its way to the charset of a text.
  class Decoded : public Sink {
   public:
    explicit Decoded(PartWalk& walk) : walk_(walk) {}
    Result<void> write(std::string_view octets) override;

   private:
    PartWalk& walk_;
  };
  class Nowhere : public Sink {
   public:
    Result<void> write(std::string_view) override { return {}; }
  };

  struct Finding {
    mime::DefectRule rule;
    std::uint32_t part;
    std::uint64_t offset;  // in the body as it stands
    std::uint64_t length;
  };

  WalkWants wants_;
  Decoded decoded_{*this};
  Nowhere nowhere_;
  mime::BodyDecoder decoder_;
  mime::CharsetDecoder charset_;
  Sha256 raw_digest_;
  Sha256 decoded_digest_;
  std::vector<DecodedBody> bodies_;
  std::vector<Finding> findings_;
  bool is_text_ = false;
  std::uint64_t octets_ = 0;  // decoded
};

}  // namespace mailtool::app
