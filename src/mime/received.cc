#include "mailtool/mime/received.h"

#include <algorithm>

#include "header_text.h"
#include "lexer.h"
#include "mailtool/base/ascii.h"
#include "received_client.h"

namespace mailtool::mime {
namespace {

// No clause is longer.
constexpr std::size_t kMaxClause = 1000;

enum class Clause { none, from, by, via, with, id, for_recipient };

Clause clause_of(std::string_view word) {
  if (iequals(word, "from")) return Clause::from;
  if (iequals(word, "by")) return Clause::by;
  if (iequals(word, "via")) return Clause::via;
  if (iequals(word, "with")) return Clause::with;
  if (iequals(word, "id")) return Clause::id;
  if (iequals(word, "for")) return Clause::for_recipient;
  return Clause::none;
}

std::string_view without_angles(std::string_view word) {
  if (word.starts_with('<')) word.remove_prefix(1);
  if (word.ends_with('>')) word.remove_suffix(1);
  return word;
}

// Received = "Received:" *received-token ";" date-time
//
// Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time, and what
// servers make of it: clauses in any order, with comments behind each.
class ReceivedReader {
 public:
  ReceivedReader(std::string_view value, Received& into)
      : lexer_(value), into_(into) {}

  void read() {
    while (next()) {
    }
    finish_client();
    for (auto* text : {&into_.from, &into_.helo, &into_.reverse_dns, &into_.ip,
                       &into_.by, &into_.via, &into_.with, &into_.id,
                       &into_.for_recipient}) {
      if (text->size() > kMaxClause) text->resize(kMaxClause);
      if (plain_length(*text) != text->size()) raw_to_text(*text, 0);
    }
  }

 private:
  bool next() {
    while (!lexer_.at_end() && is_white_space(lexer_.peek())) lexer_.take();
    if (lexer_.at_end()) return false;
    switch (lexer_.peek()) {
      case '(':
        lexer_.take_comment(&comment_);
        if (clause_ == Clause::from) read_client_comment(comment_, into_);
        return true;
      case ';':
        lexer_.take();
        into_.date = parse_date_time(lexer_.rest());
        // A date has no ";" behind it.
        return !into_.date;
      default: take_word(word()); return true;
    }
  }

  std::string_view word() {
    static constexpr OctetSet kStops(" \t\r\n(;");
    static constexpr OctetSet kAngle(">\r\n;");
    const auto begin = lexer_.position();
    if (lexer_.peek() == '<') {
      lexer_.take_until(kAngle);
      if (lexer_.peek_or_nul() == '>') lexer_.take();
    } else {
      lexer_.take_until(kStops);
    }
    return lexer_.between(begin, lexer_.position())
        .substr(0, kMaxClause);
  }

  void take_word(std::string_view word) {
    const auto clause = clause_of(word);
    if (clause != Clause::none && (words_ > 0 || clause_ == Clause::none)) {
      clause_ = clause;
      words_ = 0;
      return;
    }
    const bool first = words_++ == 0;
    const auto set = [first](std::string& slot, std::string_view text) {
      if (first && slot.empty()) slot = text;
    };
    switch (clause_) {
      case Clause::none: return;
      case Clause::from: return set(into_.from, word);
      case Clause::by: return set(into_.by, word);
      case Clause::via: return set(into_.via, word);
      case Clause::id: return set(into_.id, without_angles(word));
      case Clause::for_recipient:
        return set(into_.for_recipient, without_angles(word));
      case Clause::with: break;
    }
    if (into_.with.size() + word.size() > kMaxClause) return;
    if (!into_.with.empty()) into_.with += ' ';
    into_.with += word;
  }

  // The word after "from" is what the client called itself, or, where a comment
  // says that, what its address is called.
  void finish_client() {
    const auto ip = ip_address_in(into_.from);
    if (into_.ip.empty()) into_.ip = ip;
    if (into_.helo.empty()) {
      into_.helo = into_.from;
    } else if (into_.reverse_dns.empty() && ip.empty() &&
               !iequals(into_.from, "unknown")) {
      into_.reverse_dns = into_.from;
    }
  }

  Lexer lexer_;
  Received& into_;
  std::string comment_;
  Clause clause_ = Clause::none;
  std::size_t words_ = 0;  // of the clause
};

}  // namespace

void parse_received(std::string_view value, Received& into) {
  for (auto* text : {&into.from, &into.helo, &into.reverse_dns, &into.ip,
                     &into.by, &into.via, &into.with, &into.id,
                     &into.for_recipient}) {
    text->clear();
  }
  into.date.reset();
  ReceivedReader(value, into).read();
}

Received parse_received(std::string_view value) {
  Received read;
  parse_received(value, read);
  return read;
}

}  // namespace mailtool::mime
