/// \file
/// Structure: what a message is made of, as offsets into its octets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailtool/mime/defect.h"
#include "mailtool/mime/field_name.h"
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
  FieldId id = FieldId::other;
  friend bool operator==(const Field&, const Field&) = default;
};

/// A decoded text: part of Structure::texts.
struct TextSlice {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;
  friend bool operator==(const TextSlice&, const TextSlice&) = default;
};

inline constexpr std::uint32_t kNoPart = UINT32_MAX;

/// One part. Its texts are slices: Structure::type(part) and so on.
struct Part {
  std::uint32_t parent = kNoPart;
  std::uint32_t number = 1;  ///< among its siblings, from 1
  std::uint32_t depth = 0;   ///< 0 is the message itself
  Span header;  ///< from the first field to the empty line, without it
  Span body;    ///< without the line end that belongs to a delimiter
  std::size_t first_field = 0;  ///< its fields are [first_field, +field_count)
  std::size_t field_count = 0;
  TextSlice type_text;
  TextSlice charset_text;
  TextSlice encoding_text;
  TextSlice disposition_text;
  TextSlice name_text;
  TextSlice content_id_text;
  bool is_message_root = false;  ///< the top, or what message/rfc822 holds
  bool is_multipart = false;  ///< its children are parts
  bool is_message = false;    ///< its one child is a message root
  [[nodiscard]] bool is_leaf() const { return !is_multipart && !is_message; }
  /// How the body is to be decoded; identity for what has children.
  TransferEncoding transfer_encoding = TransferEncoding::identity;
  friend bool operator==(const Part&, const Part&) = default;
};

/// Used again for message after message it asks for no memory: clear() keeps
/// what it has.
struct Structure {
  std::vector<Part> parts;  ///< pre-order; at least one
  std::vector<Field> fields;
  std::string header_text;  ///< all fields, bounded by ParserLimits
  std::string texts;        ///< decoded; bounded by a multiple of header_text
  std::vector<Defect> defects;  ///< in order of discovery; bounded
  /// How often each rule was broken, counting those that `defects` left out:
  /// it keeps kMaxDefectsOfRule of each.
  std::array<std::uint32_t, kDefectRules> defect_counts{};
  std::uint64_t octets = 0;  ///< size of the whole message
  friend bool operator==(const Structure&, const Structure&) = default;

  static constexpr std::uint32_t kMaxDefectsOfRule = 20;

  /// Numbers are those of IMAP (RFC 3501 section 6.4.5): "2.1" is the first
  /// part of the second. The multipart that is a message's whole body has no
  /// number there; here it is "0", or "3.0" in the message that is part 3.
  [[nodiscard]] std::string id(std::uint32_t part) const;

  /// "text/plain": lower case, never empty.
  [[nodiscard]] std::string_view type(const Part& part) const {
    return text(part.type_text);
  }
  /// Lower case, as declared; empty: not declared.
  [[nodiscard]] std::string_view charset(const Part& part) const {
    return text(part.charset_text);
  }
  /// Lower case, as declared; "7bit" by default.
  [[nodiscard]] std::string_view encoding(const Part& part) const {
    return text(part.encoding_text);
  }
  /// "attachment", "inline"; empty: not declared.
  [[nodiscard]] std::string_view disposition(const Part& part) const {
    return text(part.disposition_text);
  }
  /// File name, UTF-8, as sent: never a safe path.
  [[nodiscard]] std::string_view file_name(const Part& part) const {
    return text(part.name_text);
  }
  /// Without angle brackets.
  [[nodiscard]] std::string_view content_id(const Part& part) const {
    return text(part.content_id_text);
  }

  [[nodiscard]] std::string_view name(const Field& field) const {
    return std::string_view(header_text).substr(field.text, field.name_length);
  }
  /// As it stands, folded and encoded.
  [[nodiscard]] std::string_view value(const Field& field) const {
    return std::string_view(header_text).substr(field.value, field.value_length);
  }
  /// All of the field as it stands, without the line end.
  [[nodiscard]] std::string_view whole(const Field& field) const {
    return std::string_view(header_text)
        .substr(field.text, field.value - field.text + field.value_length);
  }
  /// Where the field stands in the message.
  [[nodiscard]] static Span span(const Field& field) {
    return {field.offset, field.value - field.text + field.value_length};
  }
  /// The first field of this name in the part: of several, the first counts.
  [[nodiscard]] const Field* find(const Part& part,
                                  std::string_view name) const;
  [[nodiscard]] const Field* find(const Part& part, FieldId id) const;
  /// Value of that field; nullopt when there is none.
  [[nodiscard]] std::optional<std::string_view> value_of(
      const Part& part, std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> value_of(const Part& part,
                                                         FieldId id) const;
  /// The part with this id, "0" and "1" both meaning the top of a message
  /// that is no multipart; null when there is none.
  [[nodiscard]] const Part* find_part(std::string_view id) const;

  /// There is a defect above a remark: the message is not as it should be.
  [[nodiscard]] bool defective() const;

  /// Forgets the message, keeps the memory.
  void clear();
  /// Keeps a decoded text.
  TextSlice keep(std::string_view text);
  /// The ambiguity is that of the rule unless given.
  void add_defect(DefectRule rule, std::uint32_t part, Span where);
  void add_defect(DefectRule rule, std::uint32_t part, Span where,
                  Ambiguity ambiguity);
  /// Each rule of the set, at the same place.
  void add_defects(DefectSet rules, std::uint32_t part, Span where);

 private:
  [[nodiscard]] std::string_view text(TextSlice slice) const {
    return std::string_view(texts).substr(slice.begin, slice.length);
  }
};

}  // namespace mailtool::mime
