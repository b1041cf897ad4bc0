/// \file
/// PartRow: the parts of a message, one below the other, with all that stands
/// encoded within them; and their content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/parsed_message.h"

namespace mailtool::app {

/// A part; or a file within a text or TNEF; or a part of a message that stands
/// there in a transfer encoding. The last two have ids of the same form: what
/// leaf "2" holds is "2.1", "2.2".
struct PartRow {
  std::string id;
  std::optional<std::size_t> parent;  ///< index of a row before
  std::uint32_t depth = 0;            ///< 0 is the message itself
  std::string type;                   ///< "text/plain": never empty
  std::string charset;                ///< this and the next five: empty: none
  std::string encoding;
  std::string disposition;
  std::string name;        ///< as sent, UTF-8: never a safe path
  std::string content_id;
  std::string_view embedded;  ///< "uuencode", "tnef-attachment"...; empty: MIME
  bool has_children = false;
  bool is_message = false;  ///< its child is a message
  /// As it stands in the message. None where octets were decoded to get here.
  std::optional<mime::Span> span;
  std::optional<std::uint64_t> decoded_octets;  ///< of leaves, where known
  std::optional<Sha256::Digest> raw;
  std::optional<Sha256::Digest> decoded;
  /// The worst defect of the part itself, none without a defect.
  std::optional<mime::Severity> worst;

  // Where it comes from.
  std::uint32_t level = 0;  ///< index into ParsedMessage::levels
  std::uint32_t part = 0;   ///< of the structure of that level
  std::optional<std::uint32_t> file;  ///< index into MessageLevel::embedded
};

/// All of them, in order. At least one.
[[nodiscard]] std::vector<PartRow> rows_of(const ParsedMessage& message);

/// The row with this id, "0" and "1" both meaning the top of a message that is
/// no multipart; null when there is none.
[[nodiscard]] const PartRow* find_row(const std::vector<PartRow>& rows,
                                      std::string_view id);

/// Content to save: named, or of a type that is not read as text; an attached
/// message whole. Nothing within an attached message counts.
[[nodiscard]] std::vector<std::size_t> attachment_rows(
    const std::vector<PartRow>& rows);

/// As it stands. A part of an encoded message: as it stands in that. An
/// embedded file: its content. `message.input` is not null.
Result<void> copy_raw(const ParsedMessage& message, const PartRow& row,
                      Sink& to);
/// The body, decoded from its transfer encoding.
Result<void> copy_decoded(const ParsedMessage& message, const PartRow& row,
                          Sink& to);
/// The same, converted from its charset to UTF-8, line ends as LF.
Result<void> copy_text(const ParsedMessage& message, const PartRow& row,
                       Sink& to);

}  // namespace mailtool::app
