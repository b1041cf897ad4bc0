#include "serve/imap_fetch.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

using Kind = FetchSection::Kind;

constexpr std::size_t kMaxSections = 1000;

void add_macro(FetchQuestion& question, bool envelope, bool body) {
  question.flags = question.internal_date = question.size = true;
  question.envelope = envelope;
  question.body = body;
}

FetchSection old_form(Kind kind, std::string label, bool peek) {
  FetchSection section;
  section.kind = kind;
  section.label = std::move(label);
  section.peek = peek;
  return section;
}

// fetch-att; RFC822 and its kin are of RFC 3501.
bool add_item(FetchQuestion& question, std::string_view word) {
  if (word.find('[') != word.npos) {
    auto section = parse_section(word);
    if (section) question.sections.push_back(*std::move(section));
    return question.sections.size() <= kMaxSections && section;
  }
  const auto name = upper(word);
  if (name == "FLAGS") {
    question.flags = true;
  } else if (name == "UID") {
    question.uid = true;
  } else if (name == "RFC822.SIZE") {
    question.size = true;
  } else if (name == "INTERNALDATE") {
    question.internal_date = true;
  } else if (name == "MODSEQ") {
    question.modseq = true;
  } else if (name == "ENVELOPE") {
    question.envelope = true;
  } else if (name == "BODY") {
    question.body = true;
  } else if (name == "BODYSTRUCTURE") {
    question.body_structure = true;
  } else if (name == "RFC822") {
    question.sections.push_back(old_form(Kind::whole, name, false));
  } else if (name == "RFC822.HEADER") {
    question.sections.push_back(old_form(Kind::header, name, true));
  } else if (name == "RFC822.TEXT") {
    question.sections.push_back(old_form(Kind::text, name, false));
  } else {
    return false;
  }
  return question.sections.size() <= kMaxSections;
}

// header-fld-name = astring
//
// A name that is a literal parts an item in three: "BODY[HEADER.FIELDS", the
// list, "]<0.100>". The whole of it, with such names in quotes; `at` moves to
// what stands behind. nullopt: it is none.
std::optional<std::string> whole_item(imap::Value& at) {
  auto word = std::string(at.text());
  const bool atom = at.kind() == imap::Value::Kind::atom;
  at = at.next();
  const bool open = atom && word.find('[') != word.npos &&
                    word.find(']') == word.npos && at.is_list();
  if (!open) return word;
  word += " (";
  for (auto name = at.first(); !name.absent(); name = name.next()) {
    if (name.is_list()) return std::nullopt;
    if (word.back() != '(') word += ' ';
    if (name.kind() != imap::Value::Kind::literal) {
      word += name.raw();
      continue;
    }
    const bool quotable = mime::is_field_name(name.text()) &&
                          name.text().find_first_of("\"\\") == word.npos;
    if (!quotable) return std::nullopt;
    word += '"' + std::string(name.text()) + '"';
  }
  at = at.next();
  if (!at.text().starts_with(']')) return std::nullopt;
  word += ")" + std::string(at.text());
  at = at.next();
  return word;
}

}  // namespace

bool FetchQuestion::sets_seen() const {
  return std::any_of(sections.begin(), sections.end(),
                     [](const FetchSection& one) { return !one.peek; });
}

std::optional<FetchQuestion> parse_fetch(imap::Value& at) {
  FetchQuestion question;
  if (!at.is_list()) {
    const auto word = whole_item(at);
    if (!word) return std::nullopt;
    if (iequals(*word, "ALL")) {
      add_macro(question, true, false);
    } else if (iequals(*word, "FAST")) {
      add_macro(question, false, false);
    } else if (iequals(*word, "FULL")) {
      add_macro(question, true, true);
    } else if (!add_item(question, *word)) {
      return std::nullopt;
    }
    return question;
  }
  auto item = at.first();
  at = at.next();
  if (item.absent()) return std::nullopt;
  while (!item.absent()) {
    const auto word = whole_item(item);
    if (!word || !add_item(question, *word)) return std::nullopt;
  }
  return question;
}

void put_fetch_head(std::string& out, ImapView& view,
                    const MailboxMessage& message,
                    const FetchQuestion& question, bool with_flags) {
  const auto number = view.number_of(message.uid);
  out += "* " + std::to_string(number) + " FETCH (UID " +
         std::to_string(message.uid);
  if (question.flags || with_flags) {
    out += " FLAGS ";
    put_flags(out, message.flags, view.mailbox());
    view.knows(message);
  }
  if (question.modseq && message.modseq != 0) {
    out += " MODSEQ (" + std::to_string(message.modseq) + ")";
  }
  if (question.size) out += " RFC822.SIZE " + std::to_string(message.octets);
  if (question.internal_date) {
    out += " INTERNALDATE ";
    put_date_time(out, message.date);
  }
}

bool put_fetch(std::string& out, ImapView& view, std::uint32_t uid,
               const FetchQuestion& question) {
  const auto* message = view.message(uid);
  if (message == nullptr || view.number_of(uid) == 0) return false;
  put_fetch_head(out, view, *message, question, false);
  out += ")\r\n";
  return true;
}

}  // namespace mailtool::serve
