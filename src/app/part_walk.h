/// \file
/// PartWalk: what decoding every leaf of a message shows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mailtool/base/sha256.h"
#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/embedded_file.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/tnef.h"

namespace mailtool::app {

/// What decoding octets gave.
struct DecodedBody {
  std::uint64_t octets = 0;
  std::optional<Sha256::Digest> raw;      ///< of the body as it stands
  std::optional<Sha256::Digest> decoded;  ///< of what it decodes to
};

/// A file that stands within a leaf: uuencode and its like in a text, or what
/// TNEF holds.
struct EmbeddedPart {
  std::uint32_t part = 0;  ///< the leaf it stands in
  std::optional<std::uint32_t> within;  ///< index of the TNEF message it is of
  std::uint32_t number = 1;  ///< among the files of its leaf or message, from 1
  mime::EmbeddedFile file;
  mime::EmbeddedEnd end;
  DecodedBody body;  ///< without `raw`
};

/// A message and what was found in its leaves. A leaf that is a message in a
/// transfer encoding is a level of its own; offsets there count its decoded
/// octets.
struct MessageLevel {
  std::uint32_t above = 0;  ///< the level whose leaf this is; level 0: itself
  std::uint32_t part = 0;   ///< that leaf
  /// Put before the decoded octets: the header of a multipart that is in an
  /// encoding. Offsets count it.
  std::string prefix;
  mime::Structure structure;
  std::vector<DecodedBody> bodies;  ///< one a part; those of leaves are filled
  std::vector<EmbeddedPart> embedded;
};

/// A leaf that is TNEF.
[[nodiscard]] bool is_tnef(const mime::Structure& structure,
                           const mime::Part& part);
/// A leaf that may hold uuencode and its like: text, and what says so by its
/// type or name.
[[nodiscard]] bool may_hold_files(const mime::Structure& structure,
                                  const mime::Part& part);

/// What a walk looks for, beside the defects of encodings and charsets.
struct WalkWants {
  bool digests = false;
  /// For all messages in an encoding together, beside those of the message.
  mime::ParserLimits limits;
  mime::DecodePolicy policy;
  mime::ParserPolicy parser;  ///< for messages in an encoding
};

/// Decodes each leaf while the parser runs, to nowhere, and finds what stands
/// within. Reused from message to message; a message whose leaves hold nothing
/// of their own asks for no memory.
class PartWalk : public mime::ParserEvents {
 public:
  /// Messages in an encoding within messages in an encoding.
  static constexpr std::uint32_t kMaxLevels = 16;
  /// Files within the parts of one message, all together.
  static constexpr std::size_t kMaxFiles = 4000;

  explicit PartWalk(WalkWants wants);
  ~PartWalk() override;
  PartWalk(const PartWalk&) = delete;
  PartWalk& operator=(const PartWalk&) = delete;

  /// `quoted_from` as in MessagePlace.
  void begin_message(bool quoted_from);
  void begin_part(const mime::Structure& so_far, std::uint32_t part) override;
  void body(std::uint32_t part, std::string_view octets) override;
  void end_part(const mime::Structure& so_far, std::uint32_t part) override;
  /// Adds the defects that were met to the structure they were met in. The
  /// first level gets no structure of its own: it is the parser's.
  void end_message(mime::Structure& structure);

  /// Valid until begin_message().
  [[nodiscard]] std::vector<MessageLevel>& levels() { return levels_; }

  /// The walk through one level.
  class Level;

 private:
  WalkWants wants_;
  mime::ParserLimits left_;  // of wants_.limits, for the levels to come
  std::size_t files_ = 0;    // in all levels
  std::vector<MessageLevel> levels_;
  std::unique_ptr<Level> top_;
};

}  // namespace mailtool::app
