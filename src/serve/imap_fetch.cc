#include "serve/imap_fetch.h"

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/parser.h"
#include "serve/imap_envelope.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

using Kind = FetchSection::Kind;

// Largest message that is taken apart.
constexpr std::size_t kMaxMessage = 256 * 1024 * 1024;

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
    return question.sections.size() <= 1000 && section;
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
  return true;
}

void put_section(std::string& out, const FetchSection& section,
                 const mime::Structure& structure, std::string_view message) {
  out += " " + section.label + " ";
  const auto text = section_of(section, structure, message);
  if (!text) {
    out += "NIL";
    return;
  }
  std::string_view shown(*text);
  if (section.partial) {
    const auto begin =
        std::min<std::uint64_t>(section.partial->first, shown.size());
    shown = shown.substr(begin, section.partial->second);
  }
  out += "{" + std::to_string(shown.size()) + "}\r\n";
  out += shown;
}

void put_content(std::string& out, const FetchQuestion& question,
                 const std::string& message) {
  mime::Parser parser;
  parser.feed(message);
  const auto& structure = parser.finish();
  if (question.envelope) {
    out += " ENVELOPE ";
    put_envelope(out, structure, structure.parts.front());
  }
  if (question.body) {
    out += " BODY ";
    put_body_structure(out, structure, message, false);
  }
  if (question.body_structure) {
    out += " BODYSTRUCTURE ";
    put_body_structure(out, structure, message, true);
  }
  for (const auto& section : question.sections) {
    put_section(out, section, structure, message);
  }
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

std::optional<std::string> read_message(Mailbox& mailbox, std::uint32_t uid) {
  auto source = mailbox.open(uid);
  if (!source) return std::nullopt;
  StringSink sink(kMaxMessage);
  if (auto copied = copy_all(**source, sink); !copied) return std::nullopt;
  return sink.take();
}

bool put_fetch(std::string& out, ImapView& view, std::uint32_t uid,
               const FetchQuestion& question) {
  const auto* message = view.message(uid);
  const auto number = view.number_of(uid);
  if (message == nullptr || number == 0) return false;
  std::optional<std::string> content;
  if (question.needs_content()) {
    content = read_message(view.mailbox(), uid);
    if (!content) return false;
  }
  bool seen_now = false;
  if (question.sets_seen() && !view.read_only() &&
      (message->flags & kSeen) == 0) {
    const auto stored = view.mailbox().set_flags(uid, message->flags | kSeen);
    seen_now = stored && *stored;
    message = view.message(uid);
    if (message == nullptr) return false;
  }
  out += "* " + std::to_string(number) + " FETCH (UID " + std::to_string(uid);
  if (question.flags || seen_now) {
    out += " FLAGS ";
    put_flags(out, message->flags, view.mailbox());
    view.knows(uid, message->flags);
  }
  if (question.size) out += " RFC822.SIZE " + std::to_string(message->octets);
  if (question.internal_date) {
    out += " INTERNALDATE ";
    put_date_time(out, message->date);
  }
  if (content) put_content(out, question, *content);
  out += ")\r\n";
  return true;
}

}  // namespace mailtool::serve
