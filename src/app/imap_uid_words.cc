#include "app/imap_uid_words.h"

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kBetween = " \t\r\n()";

bool is_join(std::string_view word) {
  return iequals(word, "and") || iequals(word, "or") || iequals(word, "not");
}

}  // namespace

bool looks_like_uids(std::string_view query) {
  bool any = false;
  while (true) {
    const auto begin = query.find_first_not_of(kBetween);
    if (begin == query.npos) return any;
    query.remove_prefix(begin);
    const auto word = query.substr(0, query.find_first_of(kBetween));
    query.remove_prefix(word.size());
    if (is_join(word)) continue;
    if (word.find_first_not_of("0123456789,:*.-") != word.npos) return false;
    any = true;
  }
}

}  // namespace mailtool::app
