/// \file
/// BodyStructure: a message's MIME tree as the server parsed it (RFC 9051
/// section 7.5.2, BODYSTRUCTURE).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mailtool/imap/value.h"

namespace mailtool::imap {

/// One part. Types, encodings and parameter names are lower case; values are
/// the message's octets.
struct BodyPart {
  std::string
      id;  ///< "2.1", as BODY[2.1] takes it; "" for a multipart at the top
  std::size_t depth = 0;
  std::string type;     ///< "text"; "application" when the server sent NIL
  std::string subtype;  ///< "plain"
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string content_id;
  std::string description;
  std::string encoding;                 ///< "7bit" when NIL
  std::optional<std::uint64_t> octets;  ///< as it stands, encoded
  std::string disposition;              ///< "attachment", "inline", or ""
  std::vector<std::pair<std::string, std::string>> disposition_parameters;

  /// The value of a parameter of either list, undecoded (RFC 2231); "" if none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  /// filename of the disposition, else name of the type; "" if neither. Of one
  /// in sections (RFC 2231) the first.
  [[nodiscard]] std::string_view file_name() const;
  [[nodiscard]] bool is_multipart() const { return type == "multipart"; }
  /// A whole message: message/rfc822 or message/global.
  [[nodiscard]] bool is_message() const {
    return type == "message" && (subtype == "rfc822" || subtype == "global");
  }
  /// Something to save: a message, or a part that is no multipart and has a
  /// disposition that says so, a name, or a type other than text.
  [[nodiscard]] bool is_attachment() const;

  friend bool operator==(const BodyPart&, const BodyPart&) = default;
};

/// Parts in pre-order; at least one where the server sent anything of use.
struct BodyStructure {
  std::vector<BodyPart> parts;

  [[nodiscard]] const BodyPart* find(std::string_view id) const;
  /// Nothing within an attached message counts.
  [[nodiscard]] std::vector<const BodyPart*> attachments() const;
  [[nodiscard]] bool has_attachment() const { return !attachments().empty(); }
  friend bool operator==(const BodyStructure&, const BodyStructure&) = default;
};

/// Reads what can be read; says in `warnings` what could not. Never recurses.
[[nodiscard]] BodyStructure read_body_structure(
    Value value, std::vector<std::string>& warnings);

}  // namespace mailtool::imap
