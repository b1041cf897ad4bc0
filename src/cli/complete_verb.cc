#include "cli/complete_verb.h"

#include <algorithm>
#include <span>
#include <string>

#include "mailtool/base/ascii.h"

namespace mailtool::cli {
namespace {

struct Word {
  std::string_view text;
  std::string_view meaning;
};

constexpr Word kFolders[] = {
    {"INBOX", "where new mail arrives"},
    {"@archive", "the folder of old mail"},
    {"@drafts", "the folder of drafts"},
    {"@inbox", "where new mail arrives"},
    {"@junk", "the folder of unwanted mail"},
    {"@sent", "the folder of sent mail"},
    {"@trash", "the folder of deleted mail"},
};

constexpr Word kTerms[] = {
    {"is:unread", "not \\Seen"},
    {"is:read", "\\Seen"},
    {"is:flagged", "\\Flagged"},
    {"is:answered", "\\Answered"},
    {"is:draft", "\\Draft"},
    {"is:deleted", "\\Deleted"},
    {"has:attachment", "a part to be saved"},
    {"from:", "a text in From"},
    {"to:", "a text in To"},
    {"cc:", "a text in Cc"},
    {"bcc:", "a text in Bcc"},
    {"subject:", "a text in Subject"},
    {"body:", "a text in the body"},
    {"text:", "a text anywhere"},
    {"header:", "NAME=TEXT"},
    {"id:", "a Message-ID"},
    {"kw:", "a keyword"},
    {"since:", "YYYY-MM-DD"},
    {"before:", "YYYY-MM-DD"},
    {"on:", "YYYY-MM-DD"},
    {"older:", "a duration, as 30d"},
    {"newer:", "a duration, as 7d"},
    {"larger:", "a size, as 5M"},
    {"smaller:", "a size, as 10K"},
    {"uid:", "UIDs, as 2,4:9"},
    {"thread:", "UIDs or a Message-ID: all of the conversation"},
};

constexpr Word kFlags[] = {
    {"seen", "read"},
    {"flagged", "important"},
    {"answered", "answered"},
    {"draft", "a draft"},
    {"deleted", "to be expunged"},
    {"kw:", "a keyword of any name"},
};

void add(std::vector<Candidate>& to, std::string text, std::string_view meaning,
         std::string_view current) {
  if (text.starts_with(current)) to.push_back({std::move(text), meaning});
}

void add_all(std::vector<Candidate>& to, std::span<const Word> words,
             std::string_view current) {
  for (const auto& word : words) {
    add(to, std::string(word.text), word.meaning, current);
  }
}

void add_flags(std::vector<Candidate>& to, std::string_view current) {
  for (const auto* sign : {"+", "-"}) {
    for (const auto& flag : kFlags) {
      add(to, sign + std::string(flag.text), flag.meaning, current);
    }
  }
}

void add_maildirs(std::vector<Candidate>& to, std::string_view current,
                  const app::Environment& environment) {
  for (auto& each : complete_kind(app::ValueKind::destination, current,
                                  environment)) {
    if (each.text.starts_with("maildir:")) to.push_back(std::move(each));
  }
}

// The words of a synopsis before its options, without brackets.
std::vector<std::string_view> words_of(std::string_view synopsis) {
  std::vector<std::string_view> words;
  for (auto word : split(synopsis, ' ')) {
    if (word.starts_with("--")) break;
    if (word.starts_with('[')) word.remove_prefix(1);
    if (word.ends_with(']')) word.remove_suffix(1);
    words.push_back(word);
  }
  return words;
}

}  // namespace

ArgumentCandidates complete_argument(const app::Verb& verb, std::size_t before,
                                     std::string_view current,
                                     const app::Environment& environment) {
  ArgumentCandidates found;
  auto& to = found.candidates;
  std::size_t place = 0;
  bool repeated = false;  // what stands behind may be anywhere from there on
  for (const auto word : words_of(verb.arguments)) {
    repeated = repeated || word.ends_with("…");
    const bool fits = place == before || (place < before && repeated);
    ++place;
    if (!fits) continue;
    if (word.starts_with("maildir:")) add_maildirs(to, current, environment);
    if (word.starts_with("±FLAG")) add_flags(to, current);
    if (word == "WHAT" || word.starts_with("QUERY")) {
      add_all(to, kTerms, current);
    }
    found.files = found.files || word.starts_with("FILE");
    const bool folder = word.starts_with("FOLDER") || word == "OLD" ||
                        word.starts_with("PATTERN") || word.starts_with("NAME");
    // One to be made has a name of its own.
    if (folder && verb.name != "folder create") add_all(to, kFolders, current);
  }
  return found;
}

std::vector<Candidate> complete_mailbox(const app::Option& option,
                                        const app::Verb* verb,
                                        std::string_view current,
                                        const app::Environment& environment) {
  std::vector<Candidate> found;
  const auto maildir = "--" + std::string(option.name) + " maildir:";
  if (verb && verb->arguments.find(maildir) != std::string_view::npos) {
    add_maildirs(found, current, environment);
  } else {
    add_all(found, kFolders, current);
  }
  return found;
}

std::vector<Candidate> complete_list(std::string_view choices,
                                     std::string_view current) {
  const auto comma = current.rfind(',');
  const auto before = current.substr(0, comma + 1);  // npos + 1 is 0
  const auto there = split(before, ',');
  std::vector<Candidate> found;
  for (const auto choice : split(choices, '|')) {
    const bool is_there =
        std::find(there.begin(), there.end(), choice) != there.end();
    if (is_there) continue;
    add(found, std::string(before) + std::string(choice), "", current);
  }
  return found;
}

}  // namespace mailtool::cli
