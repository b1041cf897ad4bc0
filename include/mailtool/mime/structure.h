/// \file
/// Structure: what a message is made of, as offsets into its octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/defect.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {

/// Octets [offset, offset + length) of the message, counted from its start.
struct Span {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  [[nodiscard]] std::uint64_t end() const { return offset + length; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// One header field. The text is in Structure::header_text, not decoded.
struct Field {
  std::uint32_t part = 0;    ///< index into Structure::parts
  std::uint32_t name_length = 0;
  std::uint64_t offset = 0;  ///< of the name, in the message
  std::size_t text = 0;      ///< of the name, in header_text
  std::size_t value = 0;     ///< of the value, in header_text
  std::size_t value_length = 0;  ///< with folds, without the last line end
  friend bool operator==(const Field&, const Field&) = default;
};

inline constexpr std::uint32_t kNoPart = UINT32_MAX;

/// One part. Numbers are those of IMAP (RFC 3501 section 6.4.5): "2.1" is the
/// first part of the second. The multipart that is a message's whole body has
/// no number there; here it is "0", or "3.0" in the message that is part 3.
struct Part {
  std::string id;
  std::uint32_t parent = kNoPart;
  std::uint32_t number = 1;  ///< among its siblings, from 1
  std::uint32_t depth = 0;   ///< 0 is the message itself
  Span header;  ///< from the first field to the empty line, without it
  Span body;    ///< without the line end that belongs to a delimiter
  std::size_t first_field = 0;  ///< its fields are [first_field, +field_count)
  std::size_t field_count = 0;
  std::string type;         ///< "text/plain": lower case, never empty
  std::string charset;      ///< lower case, as declared; empty: not declared
  std::string encoding;     ///< lower case, as declared; "7bit" by default
  std::string disposition;  ///< "attachment", "inline"; empty: not declared
  std::string name;         ///< file name, UTF-8, as sent: never a safe path
  std::string content_id;   ///< without angle brackets
  bool is_message_root = false;  ///< the top, or what message/rfc822 holds
  bool is_multipart = false;  ///< its children are parts
  bool is_message = false;    ///< its one child is a message root
  [[nodiscard]] bool is_leaf() const { return !is_multipart && !is_message; }
  /// How the body is to be decoded; identity for what has children.
  TransferEncoding transfer_encoding = TransferEncoding::identity;
  friend bool operator==(const Part&, const Part&) = default;
};

struct Structure {
  std::vector<Part> parts;  ///< pre-order; at least one
  std::vector<Field> fields;
  std::string header_text;  ///< all fields, bounded by ParserLimits
  std::vector<Defect> defects;  ///< in order of discovery; at most kMaxDefects
  bool more_defects = false;    ///< there were more than that
  std::uint64_t octets = 0;     ///< size of the whole message
  friend bool operator==(const Structure&, const Structure&) = default;

  static constexpr std::size_t kMaxDefects = 1000;

  [[nodiscard]] std::string_view name(const Field& field) const {
    return std::string_view(header_text).substr(field.text, field.name_length);
  }
  /// As it stands, folded and encoded.
  [[nodiscard]] std::string_view value(const Field& field) const {
    return std::string_view(header_text).substr(field.value, field.value_length);
  }
  /// The first field of this name in the part: of several, the first counts.
  [[nodiscard]] const Field* find(const Part& part,
                                  std::string_view name) const;
  /// Value of that field; nullopt when there is none.
  [[nodiscard]] std::optional<std::string_view> value_of(
      const Part& part, std::string_view name) const;
  /// The part with this id, "0" and "1" both meaning the top of a message
  /// that is no multipart; null when there is none.
  [[nodiscard]] const Part* find_part(std::string_view id) const;

  void add_defect(DefectRule rule, std::uint32_t part, Span where);
};

}  // namespace mailtool::mime
