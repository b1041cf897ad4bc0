#include "mailtool/imap/base_subject.h"

#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

// Step 1: tabs become blanks, and several blanks one.
std::string with_single_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = is_blank(c) || c == '\r' || c == '\n';
    if (!blank) {
      out += c;
    } else if (!out.ends_with(' ')) {
      out += ' ';
    }
  }
  return out;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return iequals(text.substr(0, prefix.size()), prefix);
}

void drop_blanks(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

// Was "(fwd)" among them? Step 2. subj-trailer = "(fwd)" / WSP
bool drop_trailers(std::string_view& text) {
  bool forward = false;
  while (true) {
    if (text.ends_with(' ')) {
      text.remove_suffix(1);
    } else if (text.size() >= 5 &&
               iequals(text.substr(text.size() - 5), "(fwd)")) {
      text.remove_suffix(5);
      forward = true;
    } else {
      return forward;
    }
  }
}

// subj-blob = "[" *BLOBCHAR "]" *WSP; nothing is taken where there is none.
bool take_blob(std::string_view& text) {
  if (!text.starts_with('[')) return false;
  const auto end = text.find_first_of("[]", 1);
  if (end == text.npos || text[end] == '[') return false;
  text.remove_prefix(end + 1);
  drop_blanks(text);
  return true;
}

// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
bool take_reply_word(std::string_view& text) {
  auto rest = text;
  if (starts_with(rest, "fwd")) {
    rest.remove_prefix(3);
  } else if (starts_with(rest, "re") || starts_with(rest, "fw")) {
    rest.remove_prefix(2);
  } else {
    return false;
  }
  drop_blanks(rest);
  (void)take_blob(rest);
  if (!rest.starts_with(':')) return false;
  text = rest.substr(1);
  return true;
}

// Step 3. subj-leader = (*subj-blob subj-refwd) / WSP
bool take_leader(std::string_view& text) {
  auto rest = text;
  while (take_blob(rest)) {
  }
  if (!take_reply_word(rest)) return false;
  text = rest;
  return true;
}

// Was "Re:" or its like among them? Steps 3 to 5. A blob stays where nothing
// would be left.
bool drop_leaders(std::string_view& text) {
  bool reply = false;
  while (true) {
    drop_blanks(text);
    if (take_leader(text)) {
      reply = true;
      continue;
    }
    auto rest = text;
    if (!take_blob(rest) || rest.empty()) return reply;
    text = rest;
  }
}

}  // namespace

std::string base_subject(std::string_view subject, bool* is_reply) {
  const auto whole = with_single_blanks(subject.substr(0, kMaxSubject));
  std::string_view text = whole;
  bool reply = false;
  while (true) {
    const bool trailer = drop_trailers(text);
    const bool leader = drop_leaders(text);
    reply = reply || trailer || leader;
    // Step 6. subj-fwd = "[fwd:" … "]"
    if (!starts_with(text, "[fwd:") || !text.ends_with(']')) break;
    reply = true;
    text.remove_prefix(5);
    text.remove_suffix(1);
  }
  if (is_reply != nullptr) *is_reply = reply;
  return std::string(text);
}

}  // namespace mailtool::imap
