#include "serve/imap_modifiers.h"

#include "mailtool/base/ascii.h"

namespace mailtool::serve {

// mod-sequence-valzer = "0" / mod-sequence-value ; of 63 bits
std::optional<std::uint64_t> parse_modseq(imap::Value value) {
  if (value.kind() != imap::Value::Kind::atom) return std::nullopt;
  return parse_number(value.text(), INT64_MAX);
}

// fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")"
// fetch-modifier  = "CHANGEDSINCE" SP mod-sequence-value / "PARTIAL" SP …
std::optional<FetchModifiers> parse_fetch_modifiers(imap::Value list) {
  FetchModifiers all;
  if (list.absent()) return all;
  if (!list.is_list() || !list.next().absent() || list.first().absent()) {
    return std::nullopt;
  }
  for (auto at = list.first(); !at.absent(); at = at.next().next()) {
    const auto value = at.next();
    const auto modseq = parse_modseq(value);
    if (iequals(at.text(), "CHANGEDSINCE") && !all.changed_since) {
      if (!modseq || *modseq == 0) return std::nullopt;
      all.changed_since = modseq;
    } else if (iequals(at.text(), "PARTIAL") && all.partial.empty()) {
      all.partial = value.text();
      if (all.partial.empty()) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return all;
}

// store-modifiers = SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"
std::optional<std::uint64_t> parse_unchanged_since(imap::Value list) {
  const auto name = list.first();
  const bool legal =
      iequals(name.text(), "UNCHANGEDSINCE") && name.next().next().absent();
  return legal ? parse_modseq(name.next()) : std::nullopt;
}

}  // namespace mailtool::serve
