#include "serve/imap_list.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/imap_mailbox_name.h"

namespace mailtool::serve {
namespace {

using imap::Value;

// list-select-opts = "(" [ *( list-select-opt SP ) list-select-base-opt … ] ")"
bool parse_selection(Value options, ListQuestion& question) {
  for (auto at = options.first(); !at.absent(); at = at.next()) {
    if (iequals(at.text(), "SUBSCRIBED")) {
      question.only_subscribed = question.show_subscribed = true;
    } else if (iequals(at.text(), "SPECIAL-USE")) {
      question.only_special_use = true;
    } else if (iequals(at.text(), "RECURSIVEMATCH")) {
      question.recursive_match = true;
    } else if (!iequals(at.text(), "REMOTE")) {
      return false;
    }
  }
  // It says which of the others is to hold below a name.
  return !question.recursive_match || question.only_subscribed ||
         question.only_special_use;
}

// list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
bool parse_return(Value options, bool rev2, ListQuestion& question) {
  for (auto at = options.first(); !at.absent(); at = at.next()) {
    if (iequals(at.text(), "SUBSCRIBED")) {
      question.show_subscribed = true;
    } else if (iequals(at.text(), "STATUS")) {
      at = at.next();
      question.status = parse_status_items(at, rev2);
      if (!question.status) return false;
    } else if (!iequals(at.text(), "CHILDREN") &&
               !iequals(at.text(), "SPECIAL-USE")) {
      // These two are told in any case.
      return false;
    }
  }
  return true;
}

}  // namespace

// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat
//        [SP list-return-opts]
// mbox-or-pat = list-mailbox / "(" list-mailbox *(SP list-mailbox) ")"
std::variant<ListQuestion, std::string_view> parse_list(
    Value arguments, imap::NameEncoding encoding, bool rev2) {
  ListQuestion question;
  if (arguments.is_list()) {
    question.extended = true;
    if (!parse_selection(arguments, question)) return "no such selection";
    arguments = arguments.next();
  }
  const auto wanted = arguments.next();
  if (arguments.absent() || arguments.is_list() || wanted.absent()) {
    return "LIST reference pattern";
  }
  if (const auto word = wanted.next(); !word.absent()) {
    question.extended = true;
    const auto options = word.next();
    if (!iequals(word.text(), "RETURN") || !options.is_list() ||
        !options.next().absent() || !parse_return(options, rev2, question)) {
      return "no such return option";
    }
  }
  if (wanted.is_list()) question.extended = true;
  question.root = !question.extended && astring_text(wanted).empty();
  std::size_t octets = 0;
  for (auto at = wanted.is_list() ? wanted.first() : wanted; !at.absent();
       at = at.next()) {
    const auto wire =
        std::string(astring_text(arguments)) + std::string(astring_text(at));
    octets += wire.size();
    if (question.patterns.size() == kMaxListPatterns ||
        octets > kMaxPatternOctets) {
      return "too many patterns";
    }
    question.patterns.emplace_back(
        imap::mailbox_from_wire(wire, encoding).utf8);
    if (!wanted.is_list()) break;
  }
  if (question.patterns.empty()) return "a pattern is missing";
  return question;
}

std::vector<ListAnswer> select_names(const ListQuestion& question,
                                     const std::vector<ListedName>& names) {
  const auto is_meant = [&question](const ListedName& one) {
    return (!question.only_subscribed || one.row.subscribed) &&
           (!question.only_special_use || !one.row.use.empty());
  };
  const auto fits = [&question](const ListedName& one) {
    return std::any_of(
        question.patterns.begin(), question.patterns.end(),
        [&](const ListPattern& pattern) { return pattern.fits(one.row.name); });
  };
  const bool selects = question.only_subscribed || question.only_special_use;
  std::vector<bool> below(names.size());
  // A level that is not meant itself stands for what is told by nothing else:
  // RFC 5258 section 3.5, RFC 9051 section 6.3.9 (CHILDINFO).
  std::vector<bool> stands_for(names.size());
  if (question.recursive_match) {
    below = any_below(names, is_meant);
    stands_for = any_below(names, [&](const ListedName& one) {
      return is_meant(one) && !fits(one);
    });
  }
  std::vector<ListAnswer> answers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& one = names[i];
    const bool meant =
        selects ? is_meant(one) : one.row.exists || one.has_children;
    if ((!meant && !stands_for[i]) || !fits(one)) continue;
    answers.push_back({i, meant, below[i]});
  }
  return answers;
}

// mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
//                SP mailbox [SP mbox-list-extended]
void put_list(std::string& out, const ListQuestion& question,
              const ListedName& name, bool child_info,
              imap::NameEncoding encoding, bool rev2) {
  out += "* LIST (";
  const auto begin = out.size();
  const auto put = [&](std::string_view attribute) {
    if (out.size() > begin) out += ' ';
    out += attribute;
  };
  const auto& row = name.row;
  if (question.show_subscribed && row.subscribed) put("\\Subscribed");
  if (!row.exists) {
    // RFC 3501 does not know the other.
    put(rev2 || question.extended ? "\\NonExistent" : "\\Noselect");
  }
  if (name.has_children) {
    put("\\HasChildren");
  } else if (row.exists) {
    put("\\HasNoChildren");
  }
  if (!row.use.empty()) put(row.use);
  out += ") \"/\" ";
  put_mailbox_name(out, row.name, encoding);
  if (child_info) {
    out += " (\"CHILDINFO\" (";
    if (question.only_subscribed) out += "\"SUBSCRIBED\"";
    if (question.only_special_use) {
      out += question.only_subscribed ? " \"SPECIAL-USE\"" : "\"SPECIAL-USE\"";
    }
    out += "))";
  }
  out += "\r\n";
}

}  // namespace mailtool::serve
