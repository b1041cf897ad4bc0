/// \file
/// FETCH, the server's side: what is asked for (RFC 9051 section 6.4.5).
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
    decoded,       ///< BINARY: a part without its transfer encoding
    decoded_size,  ///< BINARY.SIZE
  };
  Kind kind = Kind::whole;
  std::string part;  ///< "2.1"; empty: the message
  std::vector<std::string> fields;  ///< upper case, ascending
  std::optional<std::pair<std::uint64_t, std::uint64_t>> partial;
  std::string label;  ///< as the answer names it
  bool peek = false;

  /// The header of the message is enough for it.
  [[nodiscard]] bool needs_header_alone() const {
    return part.empty() && kind != Kind::whole && kind != Kind::decoded &&
           kind != Kind::decoded_size;
  }
  /// BODY[], BINARY[]: nothing of the message need be known.
  [[nodiscard]] bool is_message() const {
    return part.empty() && (kind == Kind::whole || kind == Kind::decoded ||
                            kind == Kind::decoded_size);
  }
};

struct FetchQuestion {
  bool flags = false, uid = false, size = false, internal_date = false;
  bool modseq = false;
  bool envelope = false, body = false, body_structure = false;
  std::vector<FetchSection> sections;

  [[nodiscard]] bool needs_content() const {
    return envelope || body || body_structure || !sections.empty();
  }
  [[nodiscard]] bool sets_seen() const;
};

/// "BODY.PEEK[2.TEXT]<0.100>"; nullopt where it is none.
[[nodiscard]] std::optional<FetchSection> parse_section(std::string_view word);
/// nullopt where something is no item, or there are more than 1000 sections. `at`
/// is the items, and what stands behind them then.
[[nodiscard]] std::optional<FetchQuestion> parse_fetch(imap::Value& at);

/// The part with this number, "2.1", as RFC 9051 section 6.4.5.1 counts them;
/// "" is the message. nullptr: there is none. Linear in the parts.
[[nodiscard]] const mime::Part* part_numbered(const mime::Structure& structure,
                                              std::string_view number);
/// The part whose header or body a section is of; nullptr: there is none.
[[nodiscard]] const mime::Part* part_of(const FetchSection& section,
                                        const mime::Structure& structure);
/// HEADER.FIELDS and HEADER.FIELDS.NOT of `part`.
[[nodiscard]] std::string fields_of(const FetchSection& section,
                                    const mime::Structure& structure,
                                    const mime::Part& part);

/// "* 1 FETCH (UID 7 FLAGS ()" and what else needs no content; open yet.
void put_fetch_head(std::string& out, ImapView& view,
                    const MailboxMessage& message,
                    const FetchQuestion& question, bool with_flags);

/// One FETCH response of what needs no content. False, and nothing is written,
/// where the message is not there any more.
bool put_fetch(std::string& out, ImapView& view, std::uint32_t uid,
               const FetchQuestion& question);

}  // namespace mailtool::serve
