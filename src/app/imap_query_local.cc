#include "app/imap_query_local.h"

#include <algorithm>

#include "app/imap_collation.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

using imap::SearchKey;

// The header field that a key looks into; "" for none.
std::string_view field_of(const SearchKey& key) {
  if (key.kind == SearchKey::Kind::header) return key.name;
  if (key.kind != SearchKey::Kind::string) return "";
  for (const std::string_view name : {"FROM", "TO", "CC", "BCC", "SUBJECT"}) {
    if (key.name == name) return name;
  }
  return "";
}

bool is_keyword(const SearchKey& key) {
  return key.kind == SearchKey::Kind::string && key.name == "KEYWORD";
}

std::optional<bool> flag_is_set(const imap::FetchData& message,
                                std::string_view flag) {
  if (!message.flags) return std::nullopt;
  return std::any_of(
      message.flags->begin(), message.flags->end(),
      [&](const std::string& one) { return iequals(one, flag); });
}

std::optional<bool> word_is_met(const imap::FetchData& message,
                                const std::string& word) {
  const bool turned = word == "UNSEEN";
  const auto set = flag_is_set(message, "\\" + word.substr(turned ? 2 : 0));
  if (!set) return std::nullopt;
  return *set != turned;
}

std::optional<bool> size_is_met(const imap::FetchData& message,
                                const SearchKey& key) {
  if (!message.size) return std::nullopt;
  return key.name == "LARGER" ? *message.size > key.number
                              : *message.size < key.number;
}

std::optional<bool> field_is_met(const imap::FetchData& message,
                                 const SearchKey& key) {
  bool sent = false;
  for (const auto& section : message.sections) {
    if (!section.octets) continue;
    sent = true;
    if (field_contains(*section.octets, field_of(key), key.text)) return true;
  }
  if (!sent) return std::nullopt;
  return false;
}

std::optional<bool> arrived_within(const imap::FetchData& message,
                                   const Moments& moments) {
  if (!message.internal_date) return std::nullopt;
  const auto when = imap::parse_internal_date(*message.internal_date);
  if (!when) return std::nullopt;
  return moments.contain(*when);
}

}  // namespace

bool can_be_met_here(const QueryTerm& term, bool server_utf8) {
  if (term.thread) return false;
  if (term.attachment || term.arrival) return true;
  const auto& key = term.key;
  switch (key.kind) {
    case SearchKey::Kind::word:
    case SearchKey::Kind::number:
    case SearchKey::Kind::uid: return true;
    default: break;
  }
  if (is_keyword(key)) return true;
  return !server_utf8 && !is_ascii(key.text) && !field_of(key).empty();
}

void add_items(const QueryTerm& term, client::FetchItems& items) {
  if (term.attachment) {
    items.body_structure = true;
  } else if (term.arrival) {
    items.internal_date = true;
  } else if (term.key.kind == SearchKey::Kind::number) {
    items.size = true;
  } else if (term.key.kind == SearchKey::Kind::word || is_keyword(term.key)) {
    items.flags = true;
  } else if (const auto field = field_of(term.key); !field.empty()) {
    auto name = upper(field);
    auto& names = items.header_fields;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
}

std::optional<bool> meets(const imap::FetchData& message,
                          const QueryTerm& term) {
  if (term.attachment) {
    if (!message.body_structure) return std::nullopt;
    return message.body_structure->has_attachment();
  }
  if (term.arrival) return arrived_within(message, *term.arrival);
  const auto& key = term.key;
  switch (key.kind) {
    case SearchKey::Kind::word: return word_is_met(message, key.name);
    case SearchKey::Kind::number: return size_is_met(message, key);
    case SearchKey::Kind::uid: return key.set.contains(*message.uid);
    default: break;
  }
  if (is_keyword(key)) return flag_is_set(message, key.text);
  return field_is_met(message, key);
}

// Depth is bounded by kMaxQueryDepth.
std::optional<bool> meets(const imap::FetchData& message,
                          const LocalCheck& check,
                          std::span<const imap::SequenceSet> parts) {
  using enum LocalCheck::Kind;
  if (check.kind == term) return meets(message, *check.term);
  if (check.kind == part) return parts[check.part].contains(*message.uid);
  if (check.kind == negated) {
    const auto met = meets(message, check.children.front(), parts);
    if (!met) return std::nullopt;
    return !*met;
  }
  const bool deciding = check.kind == either;
  bool unknown = false;
  for (const auto& child : check.children) {
    const auto met = meets(message, child, parts);
    if (met == deciding) return deciding;
    unknown = unknown || !met;
  }
  if (unknown) return std::nullopt;
  return !deciding;
}

}  // namespace mailtool::app
