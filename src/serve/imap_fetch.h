/// \file
/// FETCH, the server's side: RFC 9051 section 6.4.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/imap/value.h"
#include "mailtool/mime/structure.h"
#include "serve/imap_view.h"

namespace mailtool::serve {

/// BODY[2.1.HEADER.FIELDS (DATE)]<0.100>
struct FetchSection {
  enum class Kind : std::uint8_t {
    whole,   ///< of the message, or of a part
    header,
    fields,      ///< of the header, those named
    not_fields,  ///< the others
    text,
    mime,
  };
  Kind kind = Kind::whole;
  std::string part;  ///< "2.1"; empty: the message
  std::vector<std::string> fields;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> partial;
  std::string label;  ///< as the answer names it
  bool peek = false;
};

struct FetchQuestion {
  bool flags = false, uid = false, size = false, internal_date = false;
  bool envelope = false, body = false, body_structure = false;
  std::vector<FetchSection> sections;

  [[nodiscard]] bool needs_content() const {
    return envelope || body || body_structure || !sections.empty();
  }
  [[nodiscard]] bool sets_seen() const;
};

/// "BODY.PEEK[2.TEXT]<0.100>"; nullopt where it is none.
[[nodiscard]] std::optional<FetchSection> parse_section(std::string_view word);
/// nullopt where something is no item.
[[nodiscard]] std::optional<FetchQuestion> parse_fetch(imap::Value items);

/// The octets of a section; nullopt where the message has no such part.
[[nodiscard]] std::optional<std::string> section_of(
    const FetchSection& section, const mime::Structure& structure,
    std::string_view message);

/// One FETCH response. False, and nothing is written, where the message cannot
/// be read any more.
bool put_fetch(std::string& out, ImapView& view, std::uint32_t uid,
               const FetchQuestion& question);

/// All of a message; nullopt where it cannot be read.
[[nodiscard]] std::optional<std::string> read_message(Mailbox& mailbox,
                                                      std::uint32_t uid);

}  // namespace mailtool::serve
