/// \file
/// FieldId: the header fields that are treated in a way of their own.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailtool::mime {

/// RFC 5322 section 3.6, RFC 2045 section 3, RFC 2183, and trace fields.
enum class FieldId : std::uint8_t {
  other,
  // May stand once.
  from,
  sender,
  reply_to,
  to,
  cc,
  bcc,
  subject,
  date,
  message_id,
  in_reply_to,
  references,
  mime_version,
  content_type,
  content_id,
  content_transfer_encoding,
  content_disposition,
  content_description,
  // May stand again and again.
  received,
  return_path,
  dkim_signature,
  authentication_results,
};

/// By name (is_field_name), case aside.
[[nodiscard]] FieldId field_id(std::string_view name) noexcept;

/// True for a field of which a header may have one.
[[nodiscard]] constexpr bool may_stand_once(FieldId id) noexcept {
  return id != FieldId::other && id < FieldId::received;
}

}  // namespace mailtool::mime
