#include "serve/imap_fetch.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
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

}  // namespace

bool FetchQuestion::sets_seen() const {
  return std::any_of(sections.begin(), sections.end(),
                     [](const FetchSection& one) { return !one.peek; });
}

std::optional<FetchQuestion> parse_fetch(imap::Value items) {
  FetchQuestion question;
  if (!items.is_list()) {
    const auto word = items.text();
    if (iequals(word, "ALL")) {
      add_macro(question, true, false);
    } else if (iequals(word, "FAST")) {
      add_macro(question, false, false);
    } else if (iequals(word, "FULL")) {
      add_macro(question, true, true);
    } else if (!add_item(question, word)) {
      return std::nullopt;
    }
    return question;
  }
  if (items.first().absent()) return std::nullopt;
  for (auto at = items.first(); !at.absent(); at = at.next()) {
    if (!add_item(question, at.text())) return std::nullopt;
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
    view.knows(message.uid, message.flags);
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
